"""What the columns of a table are for. Needs neither Keras nor pandas."""

from collections.abc import Mapping
from typing import Any

from cmd_keras.data.files.table_header import check_first_lines
from cmd_keras.errors import InputError
from cmd_keras.user_path import user_path


def check_roles(path: str, options: Mapping[str, Any]) -> None:
    """Require columns that the table has, each with a single role.

    Args:
        path: Of a file that is there.
        options: `target`, a name; `parts`, a name or None; `categorical` and `ignore`, names.

    Raises:
        InputError: naming the column.
    """
    several = {name: tuple(options[name]) for name in ("categorical", "ignore")}
    columns = {**_own(options, "target", "parts"), **several}
    _check_single(columns)
    check_first_lines(path, _all(columns))


def check_image_roles(path: str, options: Mapping[str, Any]) -> None:
    """Require columns that the table has, and a folder for what they name.

    Args:
        path: Of a file that is there.
        options: `target`, a name; `files` and `parts`, a name or None; `data_dir`, a folder or
            None.

    Raises:
        InputError: naming the column, or the folder.
    """
    data_dir = options.get("data_dir")
    own = _own(options, "target", "files", "parts")
    _check_single(own)
    if data_dir is not None and not user_path(data_dir).is_dir():
        raise InputError(
            f"data_dir {data_dir!r} is no folder. Name the one that the paths in {path} are "
            "relative to."
        )
    check_first_lines(path, _all(own))


def _own(options: Mapping[str, Any], *names: str) -> dict[str, tuple[str, ...]]:
    return {name: (options[name],) for name in names if options.get(name) is not None}


def _all(columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [column for of_role in columns.values() for column in of_role]


def _check_single(columns: Mapping[str, tuple[str, ...]]) -> None:
    """Require that no column is named for two things.

    Args:
        columns: By what they are named as.
    """
    for column in _all(columns):
        roles = [name for name, of_role in columns.items() if column in of_role]
        if len(roles) > 1:
            raise InputError(
                f"Column {column!r} has two roles: it is named as {' and as '.join(roles)}. Name "
                "it once."
            )
