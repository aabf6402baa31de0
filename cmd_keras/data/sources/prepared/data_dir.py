"""The folder that prepared sets lie in. Needs no Keras."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmd_keras.errors import InputError
from cmd_keras.user_path import user_path


def check_place_of_prepared(name: str, options: Mapping[str, Any]) -> None:
    """Require that the folder is there, if one is named.

    Args:
        name: Of a prepared set, which is not looked for.
        options: `data_dir`, a path or None.

    Raises:
        InputError: if it is not a folder.
    """
    if options.get("data_dir") is not None:
        check_data_dir(options["data_dir"])


def check_data_dir(data_dir: str) -> Path:
    """The folder in which prepared sets are sought.

    Raises:
        InputError: if it is not a folder.
    """
    path = user_path(data_dir)
    if not data_dir or not path.is_dir():
        problem = "is not a folder" if data_dir and path.exists() else "does not exist"
        raise InputError(
            f"The data folder {data_dir or repr(data_dir)} {problem}. Correct data_dir, or "
            "create the folder first to have data sets downloaded into it."
        )
    return path
