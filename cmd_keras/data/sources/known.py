"""Where data come from, by their name, and which options a source takes. Needs no Keras."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cmd_keras.data.files import table_header
from cmd_keras.errors import InputError

# Part that is held out for testing, where the user does not say.
TEST_SPLIT = 0.2

# Which options mean something to which source.
OPTIONS = {
    "digits": (),
    "folder": ("image_size",),
    "npz": (),
    "csv": ("target", "categorical", "ignore"),
    "tensorflow-datasets": ("data_dir", "label_key", "image_size"),
}
# NAME, NAME/CONFIGURATION and a version after a colon. What tensorflow-datasets takes
# besides, NAMESPACE:NAME, is a program from somewhere else that it would load and run.
_PREPARED = re.compile(r"[\w-]+(/\w[\w.-]*)*(:[\d.*]+)?")


def source_of(name: str) -> tuple[str, str]:
    """The source that a name means, and what it is called there.

    Args:
        name: `digits`, `folder:PATH`, `npz:FILE`, `csv:FILE`, or a name of
            tensorflow-datasets.

    Returns:
        A key of `OPTIONS`, and the path or the name.

    Raises:
        InputError: if it is none of these.
    """
    source, _, path = name.partition(":")
    if name == "digits":
        return "digits", name
    if source in ("folder", "npz", "csv"):
        return source, path
    _refuse_paths(name)
    if not _PREPARED.fullmatch(name):
        raise InputError(f"{name!r} is not a name of a data set. `cmd-keras datasets` lists some.")
    return "tensorflow-datasets", name


def check_source(
    name: str,
    options: Mapping[str, Any],
    flip: bool | None = None,
    test_split: float = TEST_SPLIT,
) -> None:
    """Require a source that may be there and takes these options, without reading it.

    Args:
        name: As in `source_of`.
        options: Those of all sources in `OPTIONS`; None and `()` are not given.
        flip: Whether pictures are mirrored, if the user has said so.
        test_split: Part that is held out for testing.

    Raises:
        InputError: if the path does not exist or is of the wrong kind, an option does not
            apply, or one is missing.
    """
    source, path = source_of(name)
    for option, value in options.items():
        if value not in (None, ()) and option not in OPTIONS[source]:
            places = [s for s, known in OPTIONS.items() if option in known]
            raise InputError(
                f"{option} does not apply to {name!r}; it is an option of {' and '.join(places)}."
            )
    if test_split != TEST_SPLIT and source in ("digits", "tensorflow-datasets"):
        raise InputError(f"test_split does not apply to {name!r}, which has its own test part.")
    if flip and source == "csv":
        raise InputError(f"flip does not apply to {name!r}, which holds no pictures.")
    if source == "csv" and options.get("target") is None:
        raise InputError(f"{name!r} needs target, the name of its column of labels.")
    if source == "folder":
        _check_there(path, "folder", "a folder with a sub-folder for each class is needed")
    elif source == "npz":
        _check_there(path, "file", "an npz file is needed")
    elif source == "csv":
        _check_there(path, "file", "a CSV table is needed")
        _check_roles(options["target"], options["categorical"], options["ignore"])
        named = (options["target"], *options["categorical"], *options["ignore"])
        table_header.check_first_lines(path, named)
    elif options.get("data_dir") is not None:
        check_data_dir(options["data_dir"])


def _check_roles(target: str, categorical: Sequence[str], ignore: Sequence[str]) -> None:
    if both := sorted(({*categorical, target} & {*ignore}) | ({target} & {*categorical})):
        raise InputError(
            f"Column {both[0]!r} has two roles. A column is the target, categorical or ignored."
        )


def check_data_dir(data_dir: str) -> Path:
    """The folder in which prepared sets are sought.

    Raises:
        InputError: if it is not a folder.
    """
    path = Path(data_dir).expanduser()
    if not data_dir or not path.is_dir():
        problem = "is not a folder" if data_dir and path.exists() else "does not exist"
        raise InputError(
            f"The data folder {data_dir or repr(data_dir)} {problem}. Correct --data-dir, or "
            "create the folder first to have data sets downloaded into it."
        )
    return path


def _check_there(path: str, kind: str, needed: str) -> None:
    found = Path(path).expanduser()
    if path and (found.is_dir() if kind == "folder" else found.is_file()):
        return
    there = bool(path) and found.exists()
    problem = "does not exist" if not there else f"is no {kind}"
    if there and found.is_dir():
        problem = "is a folder"
    elif there and kind == "folder":
        problem = "is not a folder"
    shown = path if path and kind == "file" else repr(path)
    raise InputError(f"The {kind} {shown} {problem}; {needed}.")


def _refuse_paths(name: str) -> None:
    path = Path(name).expanduser()
    sources = {".npz": "npz", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
    if path.is_file() and path.suffix.lower() in sources:
        raise InputError(f"To read the file {name!r} write {sources[path.suffix.lower()]}:{name}.")
    # Without such a sign it may be a name, like mnist_corrupted/spatter, and a folder as well.
    if path.is_dir() and (name.startswith(("~", ".", "/")) or name.endswith("/")):
        raise InputError(f"To read the folder {name!r} write folder:{name}.")
