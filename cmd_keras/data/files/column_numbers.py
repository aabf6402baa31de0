"""How the numbers in a column of a table are written."""

import collections

import numpy as np

from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.files.thousands_points import say_points
from cmd_keras.data.spelling import missing
from cmd_keras.data.spelling.number_format import NumberFormat, find_formats
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# A column with this part of numbers is one of numbers, with mistakes in it.
MOSTLY = 0.9


def find_number_format(
    table: TableFile, name: str, trained: NumberFormat | None = None
) -> NumberFormat | None:
    """How the numbers of a column are written; None if it holds something else.

    Cells that hold one of `missing.SPELLINGS` do not count.

    Args:
        table: The table.
        name: Of the column.
        trained: How they were written when the networks were trained, if they were.

    Raises:
        InputError: if some cells hold no number, or numbers can be read in two ways.
    """
    cells = table.cells[name].to_numpy()
    known = ~np.isin(cells, list(missing.SPELLINGS))
    counted = collections.Counter(cells[known].tolist())
    ways = {cell: find_formats(cell) for cell in counted}
    fitting = collections.Counter()
    for cell, count in counted.items():
        fitting.update(dict.fromkeys(ways[cell], count))
    total = int(known.sum())
    if trained is None and sum(n for c, n in counted.items() if ways[c]) < MOSTLY * total:
        return None
    preferred = trained or NumberFormat()
    if not total or fitting[preferred] == total:
        style = preferred
    else:
        fits = [style for style, count in fitting.items() if count == total]
        if trained is not None:
            # 45 % and 0.45 would be one number a hundred times the other.
            fits = [style for style in fits if style.unit == trained.unit]
        wanted = trained or max(fitting, key=fitting.__getitem__)
        if not fits:
            _refuse_other_cells(table, name, known, wanted, "" if trained else _advice(name))
        style = _only_one(table, name, known, fits)
        notice(f"Column {name!r} of {table.path} is read as numbers with {style}.")
    marked = known < (cells != "")
    if marked.any() and total:
        shown = ", ".join(sorted(set(cells[marked].tolist())))
        notice(
            f"Column {name!r} of {table.path}: {int(marked.sum())} of {len(cells)} cells hold "
            f"{shown}, which counts as a missing number."
        )
    if trained is not None:
        _say_of_new_rows(table, name, style, total)
    return style


def _say_of_new_rows(table: TableFile, name: str, style: NumberFormat, numbers: int) -> None:
    # Of a single row a number may be missing as of any other one.
    if not numbers and len(table.cells) > 1:
        notice(
            f"Column {name!r} of {table.path} holds no number: in all {len(table.cells):,} rows "
            "the mean of the training rows stands in for it."
        )
    say_points(table, name, style)


def _refuse_other_cells(
    table: TableFile, name: str, known: np.ndarray, wanted: NumberFormat, advice: str
) -> None:
    """Name the known cells that hold no number of this format."""
    wrong = known & np.isnan(wanted.parse_all(table.cells[name]))
    raise InputError(
        f"Column {name!r} of {table.path} must hold numbers{'' if wanted.is_plain else ' with '}"
        f"{'' if wanted.is_plain else wanted}, all written in one way; see "
        f"{table.name_lines(wrong)} ({table.cells[name].to_numpy()[wrong][0]!r}). Write plain "
        f"numbers like 1234.5, and nothing where a number is not known.{advice}"
    )


def _advice(name: str) -> str:
    return (
        f" Categories are marked with categorical=[{name!r}], and what is not needed is left out "
        f"with ignore=[{name!r}]."
    )


def _only_one(
    table: TableFile, name: str, known: np.ndarray, fits: list[NumberFormat]
) -> NumberFormat:
    """The first of these formats, if all make the same numbers of the known cells.

    Raises:
        InputError: if they do not.
    """
    values = [style.parse_all(table.cells[name]) for style in fits]
    for other in values[1:]:
        differ = known & (values[0] != other)
        if differ.any():
            raise InputError(
                f"Column {name!r} of {table.path} can be read in two ways: "
                f"{table.cells[name].to_numpy()[differ][0]!r} in {table.name_lines(differ)} may be "
                f"{values[0][differ][0]:.10g} or {other[differ][0]:.10g}. Write plain numbers like "
                "1234.5."
            )
    return fits[0]
