"""The names that tensorflow-datasets knows; TensorFlow is not imported for them."""

from pathlib import Path

from cmd_keras.data.sources.known import SOURCES, source_of
from cmd_keras.errors import InputError, did_you_mean


def check_known(name: str, data_dir: str | None) -> None:
    """Require that a set of tensorflow-datasets is one that it knows, or that is on disk.

    Args:
        name: As in `source_of`; what is of another source is not looked at.
        data_dir: Where prepared sets lie; None is its own default.

    Raises:
        InputError: naming the nearest names.
    """
    if source_of(name)[0].kind != "collection":
        return
    import tensorflow_datasets as tfds

    builder = name.split("/")[0].split(":")[0]
    known = tfds.list_builders(with_community_datasets=False)
    place = Path(tfds.core.constants.DATA_DIR if data_dir is None else data_dir).expanduser()
    if builder in known or (place / builder).is_dir():
        return
    refuse_unknown(name, known)


def refuse_unknown(name: str, known: list[str]) -> None:
    """Say that there is no such set.

    Args:
        name: What was given.
        known: The names that tensorflow-datasets knows.

    Raises:
        InputError: naming the nearest names.
    """
    embedded = [source.name for source in SOURCES if source.kind == "embedded"]
    hint = did_you_mean(name, [*embedded, *known], most=3)
    raise InputError(
        f"Unknown data set {name!r}.{hint} `cmd-keras datasets` lists what there is."
    ) from None
