"""Which sets of tensorflow-datasets are prepared already."""

from pathlib import Path

import tensorflow_datasets as tfds

from cmd_keras.data.sources.prepared.data_dir import check_data_dir


def find_data_dir(data_dir: str | None = None) -> Path:
    """The folder in which prepared sets are sought.

    Args:
        data_dir: As the user has it; None is the default of tensorflow-datasets.

    Raises:
        InputError: if `data_dir` is given and is not a folder.
    """
    if data_dir is None:
        return Path(tfds.core.constants.DATA_DIR).expanduser()
    return check_data_dir(data_dir)


def list_prepared(data_dir: str | None = None) -> list[str]:
    """Names of the sets that are prepared in a folder.

    Args:
        data_dir: As in `find_data_dir`.

    Raises:
        InputError: if `data_dir` is given and is not a folder.
    """
    sought = find_data_dir(data_dir)
    found = sought.glob("*/**/dataset_info.json")
    return sorted({path.relative_to(sought).parts[0] for path in found})
