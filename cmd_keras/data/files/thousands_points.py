"""Whether points in a column of numbers may stand between thousands."""

import re
from collections.abc import Mapping

import numpy as np

from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.spelling import missing
from cmd_keras.data.spelling.number_format import NumberFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Different numbers, at least.
_SEVERAL = 3


def check_points(table: TableFile, numeric: Mapping[str, NumberFormat]) -> None:
    """Refuses points for decimals that other cells show to stand between thousands.

    Where nothing shows it, but it may be, it is said how they are read.

    Args:
        table: The table.
        numeric: Its columns of numbers, and how these are found to be written.

    Raises:
        InputError: naming the column, and a cell.
    """
    commas = any(style.style == "decimal comma" for style in numeric.values())
    for name, style in numeric.items():
        pointed = _may_be_thousands(table, name, style)
        if pointed.any() and commas:
            _refuse(table, name, pointed, "as other columns have decimal commas")
        whole = _whole_numbers(table, name, style, pointed)
        # A program that writes 850 without decimal places drops zeros at the end as well. One
        # number or two, and -1, may stand in for what is not known, written by another one.
        rounded = pointed & _end_in_0(table, name)
        shown = {cell: None for cell in whole if style.parse(cell) > 0}
        if rounded.any() and len(shown) >= _SEVERAL:
            _refuse(table, name, rounded, f"as {next(iter(shown))!r} has none")
        if whole:
            _say_as_decimals(table, name, pointed)


def say_points(table: TableFile, name: str, style: NumberFormat) -> None:
    """Says how points are read that may stand between thousands.

    Args:
        table: With new rows for networks that are trained.
        name: Of a column of numbers.
        style: How these are written.
    """
    pointed = _may_be_thousands(table, name, style)
    if _whole_numbers(table, name, style, pointed):
        _say_as_decimals(table, name, pointed)


def _may_be_thousands(table: TableFile, name: str, style: NumberFormat) -> np.ndarray:
    """The numbers with a point, `[n]`, if every one of them looks so; or else none of them."""
    cells = table.cells[name]
    pointed = cells.str.contains(".", regex=False) & ~cells.isin(missing.SPELLINGS)
    between = _between_thousands(style)
    fit = style.style == "plain" and all(between.parse(cell) is not None for cell in cells[pointed])
    return pointed.to_numpy(bool) & fit


def _whole_numbers(
    table: TableFile, name: str, style: NumberFormat, pointed: np.ndarray
) -> list[str]:
    """The numbers without a point, if all are as short as beside thousands; or else nothing."""
    cells = table.cells[name].to_numpy()[~pointed] if pointed.any() else []
    numbers = [cell for cell in cells if style.parse(cell) is not None]
    short = (
        _between_thousands(style).parse(cell) is not None and len(re.findall("[0-9]", cell)) <= 3
        for cell in numbers
    )
    return numbers if all(short) else []


def _end_in_0(table: TableFile, name: str) -> np.ndarray:
    return table.cells[name].str.contains(r"0[^0-9]*$").to_numpy(bool)


def _between_thousands(style: NumberFormat) -> NumberFormat:
    return NumberFormat("points between thousands", style.unit)


def _refuse(table: TableFile, name: str, pointed: np.ndarray, why: str) -> None:
    raise InputError(
        f"Column {name!r} of {table.path} can be read in two ways: "
        f"{table.cells[name][pointed].iloc[0]!r} ({table.name_lines(pointed)}) may have a point "
        f"for decimals or one between thousands, {why}. Write plain numbers like 1234.5."
    )


def _say_as_decimals(table: TableFile, name: str, pointed: np.ndarray) -> None:
    cell = table.cells[name][pointed].iloc[0]
    notice(
        f"Column {name!r} of {table.path} is read with a point for decimals, though {cell!r} "
        f"({table.name_lines(pointed)}) may have one between thousands. If it has, write "
        f"{cell.replace('.', '')!r}."
    )
