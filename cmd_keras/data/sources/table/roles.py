"""Which column of a table is the target, categorical or ignored. Needs neither Keras nor pandas."""

from collections.abc import Mapping
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
