"""What stands for an example that is no picture: names with values, no more than a card holds."""

import numpy as np

# Of an input that is neither a picture nor a row of a table.
_NUMBERS = 24
# Of a row: two thousand of them are some ten megabytes, whatever is written in the table.
_CELLS, _CHARACTERS, _ALL_CHARACTERS = 60, 200, 800

Row = list[tuple[str, str]]


def row_of_cells(cells: dict[str, str]) -> Row:
    """The first cells of a row of a table, long ones cut.

    Args:
        cells: By column.

    Returns:
        Columns and cells; where some are left out, the last line says how many columns there are.
    """
    row, length = [], 0
    for column, cell in list(cells.items())[:_CELLS]:
        row.append((_cut(column), _cut(cell)))
        length += len(row[-1][0]) + len(row[-1][1])
        if length > _ALL_CHARACTERS:
            break
    return _with_count(row, len(cells))


def row_of_numbers(array: np.ndarray) -> Row:
    """The first numbers of an array, by their places in it."""
    values = array.ravel()
    row = [(str(i), f"{value:.4g}") for i, value in enumerate(values[:_NUMBERS].tolist())]
    return _with_count(row, len(values))


def _cut(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[:_CHARACTERS]}…"


def _with_count(row: Row, count: int) -> Row:
    return row if len(row) == count else [*row, ("…", f"{count:,} in all")]
