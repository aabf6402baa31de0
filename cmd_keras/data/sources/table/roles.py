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
        options: `target`, a name; `parts`, a name or None; `categorical` and `ignore`, names.

    Raises:
        InputError: naming the column.
    """
    own, categorical, ignore = _own(options), options["categorical"], options["ignore"]
    if both := sorted(({*categorical, *own} & {*ignore}) | ({*own} & {*categorical})):
        raise InputError(
            f"Column {both[0]!r} has two roles. A column is the target, says the parts, is "
            "categorical or ignored."
        )
    _check_single(own)
    check_first_lines(path, (*own, *categorical, *ignore))


def check_image_roles(path: str, options: Mapping[str, Any]) -> None:
    """Require columns that the table has, and a folder for what they name.

    Args:
        path: Of a file that is there.
        options: `target`, a name; `files` and `parts`, a name or None; `data_dir`, a folder or
            None.

    Raises:
        InputError: naming the column, or the folder.
    """
    files, data_dir = options.get("files"), options.get("data_dir")
    own = [*_own(options), *([] if files is None else [files])]
    _check_single(own)
    if data_dir is not None and not Path(data_dir).expanduser().is_dir():
        raise InputError(
            f"data_dir {data_dir!r} is no folder. Name the one that the paths in {path} are "
            "relative to."
        )
    check_first_lines(path, own)


def _own(options: Mapping[str, Any]) -> list[str]:
    return [options[name] for name in ("target", "parts") if options.get(name) is not None]


def _check_single(own: list[str]) -> None:
    for name in own:
        if own.count(name) > 1:
            raise InputError(
                f"Column {name!r} has two roles. It holds the labels, or the paths, or the parts."
            )
