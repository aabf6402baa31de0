"""What the columns of a table are for. Needs neither Keras nor pandas."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmd_keras.data.files.table_header import check_first_lines
from cmd_keras.errors import InputError


def check_roles(path: str, options: Mapping[str, Any]) -> None:
    """Require columns that the table has, each with a single role.

    Args:
        path: Of a file that is there.
        options: `target`, a name; `categorical` and `ignore`, names.

    Raises:
        InputError: naming the column.
    """
    target, categorical, ignore = (options[name] for name in ("target", "categorical", "ignore"))
    if both := sorted(({*categorical, target} & {*ignore}) | ({target} & {*categorical})):
        raise InputError(
            f"Column {both[0]!r} has two roles. A column is the target, categorical or ignored."
        )
    check_first_lines(path, (target, *categorical, *ignore))


def check_image_roles(path: str, options: Mapping[str, Any]) -> None:
    """Require columns that the table has, and a folder for what they name.

    Args:
        path: Of a file that is there.
        options: `target`, a name; `files`, a name or None; `data_dir`, a folder or None.

    Raises:
        InputError: naming the column, or the folder.
    """
    target, files, data_dir = (options.get(name) for name in ("target", "files", "data_dir"))
    if target == files:
        raise InputError(f"Column {target!r} has two roles. It holds the labels, or the paths.")
    if data_dir is not None and not Path(data_dir).expanduser().is_dir():
        raise InputError(
            f"data_dir {data_dir!r} is no folder. Name the one that the paths in {path} are "
            "relative to."
        )
    check_first_lines(path, (target, *([] if files is None else [files])))
