"""What each column of a table is: numbers, categories, or nothing to learn from."""

import collections
import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from cmd_keras.data import missing
from cmd_keras.data.notice import notice
from cmd_keras.data.number_format import NumberFormat, formats
from cmd_keras.data.table_file import TableFile
from cmd_keras.errors import InputError

# A column with this part of numbers is one of numbers, with mistakes in it.
_NUMBERS = 0.9

# Texts that repeat less than this are names and remarks, which tell rows apart.
_UNIQUE = 0.5

# Below, a few measurements may follow each other by chance.
_RUNNING_NUMBERS = 10

# One-hot columns are held in memory: 4 bytes for each row and category.
_MEMORY_LIMIT = 2**30

_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})){_TIME}"
)


@dataclasses.dataclass(frozen=True)
class TableColumns:
    """The columns that are learned from.

    Args:
        numeric: Columns of numbers, and how these are written.
        categorical: Columns of categories.
    """

    numeric: dict[str, NumberFormat]
    categorical: tuple[str, ...]


def choose(table: TableFile, names: Sequence[str], categorical: Sequence[str]) -> TableColumns:
    """What these columns are. Whatever is left out or not read as it stands is said.

    Args:
        table: The table.
        names: The columns that may be learned from.
        categorical: Those of them that hold categories whatever is written there.

    Raises:
        InputError: if a column is of numbers but for a few cells, or its numbers can be
            read in two ways.
    """
    numeric, categories = {}, []
    for name in names:
        cells = table.cells[name].tolist()
        known = [cell for cell in cells if cell]
        if name in categorical:
            categories.append(name)
        elif (style := number_format(table, name)) is not None:
            if _number_the_rows(style.values(cells)):
                notice(
                    f"Column {name!r} of {table.path} numbers the rows and is left out: it says "
                    "nothing about new ones."
                )
            else:
                numeric[name] = style
        elif known and sum(map(bool, map(_DATE.fullmatch, known))) >= _NUMBERS * len(known):
            notice(
                f"Column {name!r} of {table.path} holds dates and is left out. To learn from them "
                "make columns of numbers of them, such as year, month and weekday; to take each "
                f"date for a category: --categorical {name!r}."
            )
        elif len(set(known)) > max(2, _UNIQUE * len(known)):
            notice(
                f"Column {name!r} of {table.path} is left out: {len(set(known)):,} of its "
                f"{len(known):,} texts are different, so they name the rows. If they are "
                f"categories all the same: --categorical {name!r}."
            )
        else:
            categories.append(name)
    _refuse_other_points(table, numeric)
    _refuse_too_many(table, categories)
    return TableColumns(numeric, tuple(categories))


def number_format(
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
    ways = {cell: formats(cell) for cell in counted}
    fitting = collections.Counter()
    for cell, count in counted.items():
        fitting.update(dict.fromkeys(ways[cell], count))
    total = int(known.sum())
    if trained is None and sum(n for c, n in counted.items() if ways[c]) < _NUMBERS * total:
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
        _refuse_other_cells(table, name, known, fits, wanted)
        style = _only_one(table, name, known, fits)
        notice(f"Column {name!r} of {table.path} is read as numbers with {style}.")
    marked = known < (cells != "")
    if marked.any() and total:
        shown = ", ".join(sorted(set(cells[marked].tolist())))
        notice(
            f"Column {name!r} of {table.path}: {int(marked.sum())} of {len(cells)} cells hold "
            f"{shown}, which counts as a missing number."
        )
    return style


def _refuse_other_cells(
    table: TableFile, name: str, known: np.ndarray, fits: list[NumberFormat], wanted: NumberFormat
) -> None:
    if fits:
        return
    wrong = known & np.isnan(wanted.values(table.cells[name]))
    raise InputError(
        f"Column {name!r} of {table.path} must hold numbers{'' if wanted.is_plain else ' with '}"
        f"{'' if wanted.is_plain else wanted}, all written in one way; see "
        f"{table.some_lines(wrong)} ({table.cells[name].to_numpy()[wrong][0]!r}). Write plain "
        "numbers like 1234.5, and nothing where a number is not known. Categories are marked with "
        f"--categorical {name!r}, and what is not needed is left out with --ignore {name!r}."
    )


def _only_one(
    table: TableFile, name: str, known: np.ndarray, fits: list[NumberFormat]
) -> NumberFormat:
    """The first of these formats, if all make the same numbers of the known cells.

    Raises:
        InputError: if they do not.
    """
    values = [style.values(table.cells[name]) for style in fits]
    for other in values[1:]:
        differ = known & (values[0] != other)
        if differ.any():
            raise InputError(
                f"Column {name!r} of {table.path} can be read in two ways: "
                f"{table.cells[name].to_numpy()[differ][0]!r} in {table.some_lines(differ)} may be "
                f"{values[0][differ][0]:.10g} or {other[differ][0]:.10g}. Write plain numbers like "
                "1234.5."
            )
    return fits[0]


def _number_the_rows(values: np.ndarray) -> bool:
    count = len(values)
    if count < _RUNNING_NUMBERS or np.isnan(values).any() or (values != np.round(values)).any():
        return False
    if len(np.unique(values)) < count:
        return False
    steps = np.diff(values)
    in_order = (steps > 0).all() or (steps < 0).all()
    # In order, some rows may have been taken away.
    return bool(np.ptp(values) < (2 * count if in_order else count))


def _refuse_other_points(table: TableFile, numeric: dict[str, NumberFormat]) -> None:
    """Where one column has decimal commas, points in another may stand between thousands."""
    if all(style.style != "decimal comma" for style in numeric.values()):
        return
    thousands = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
    for name, style in numeric.items():
        cells = table.cells[name]
        pointed = cells.str.contains(".", regex=False).to_numpy()
        if (
            style.style == "plain"
            and pointed.any()
            and all(map(thousands.fullmatch, cells[pointed]))
        ):
            raise InputError(
                f"Column {name!r} of {table.path} can be read in two ways: "
                f"{cells[pointed].iloc[0]!r} ({table.some_lines(pointed)}) may have a point for "
                "decimals or one between thousands, as other columns have decimal commas. Write "
                "plain numbers like 1234.5."
            )


def _refuse_too_many(table: TableFile, categories: list[str]) -> None:
    if not categories:
        return
    counts = {name: table.cells[name].nunique() for name in categories}
    if 4 * len(table.cells) * sum(counts.values()) > _MEMORY_LIMIT:
        name = max(counts, key=counts.__getitem__)
        raise InputError(
            f"Column {name!r} of {table.path} has {counts[name]:,} different categories. A column "
            f"of zeros and ones for each does not fit in memory with {len(table.cells):,} rows. "
            f"Join some of them, or leave it out: --ignore {name!r}."
        )
