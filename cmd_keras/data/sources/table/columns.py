"""What each column of a table is: numbers, categories, or nothing to learn from."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from cmd_keras.data.files.column_numbers import MOSTLY, find_number_format
from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.files.thousands_points import check_points
from cmd_keras.data.spelling import missing
from cmd_keras.data.spelling.number_format import NumberFormat, find_formats
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Texts that repeat less than this are names and remarks, which tell rows apart.
_UNIQUE = 0.5

# What an integer that is different in every row is called, if it is a name of the row.
_IDENTIFIER = re.compile(r"(.*[\W_])?(id|ids|key|idx|index|uuid|guid|nr|no)", re.IGNORECASE)

# As postal codes are written, and other numbers that are names.
_ZEROS_IN_FRONT = re.compile(r"0[0-9]+")

# Below, a few measurements may follow each other by chance.
_RUNNING_NUMBERS = 10

# One-hot columns are held in memory: 4 bytes for each row and category.
_MEMORY_LIMIT = 2**30

_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(
    rf"(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})){_TIME}"
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


def choose_columns(
    table: TableFile, names: Sequence[str], categorical: Sequence[str]
) -> TableColumns:
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
        different = len(set(known))
        if name in categorical:
            categories.append(name)
        elif known and sum(map(bool, map(_DATE.fullmatch, known))) >= MOSTLY * len(known):
            notice(
                f"Column {name!r} of {table.path} holds dates and is left out. To learn from them "
                "make columns of numbers of them, such as year, month and weekday; to take each "
                f"date for a category: categorical=[{name!r}]."
            )
        elif (style := _format_of_numbers(table, name)) is not None:
            if _name_the_rows(name, style.parse_all(cells)):
                notice(
                    f"Column {name!r} of {table.path} numbers the rows and is left out: it says "
                    "nothing about new ones."
                )
            else:
                numeric[name] = style
        elif different > max(2, _UNIQUE * len(known)):
            notice(
                f"Column {name!r} of {table.path} is left out: {different:,} of its "
                f"{len(known):,} texts are different, so they name the rows. If they are "
                f"categories all the same: categorical=[{name!r}]; if they are numbers, write "
                f"them plainly, without words{_among_numbers(table, name)}."
            )
        else:
            categories.append(name)
    check_points(table, numeric)
    _refuse_too_many(table, categories)
    return TableColumns(numeric, tuple(categories))


def _format_of_numbers(table: TableFile, name: str) -> NumberFormat | None:
    known = [cell for cell in table.cells[name] if cell not in missing.SPELLINGS]
    zeros = [cell for cell in known if _ZEROS_IN_FRONT.fullmatch(cell)]
    # Not where a single cell has them: all of such names are of one length.
    if not zeros or not all(re.fullmatch(f"[0-9]{{{len(zeros[0])}}}", cell) for cell in known):
        return find_number_format(table, name)
    notice(
        f"Column {name!r} of {table.path} is taken for names, not for numbers, because of zeros in "
        f"front, as in {zeros[0]!r}."
    )
    return None


def _among_numbers(table: TableFile, name: str) -> str:
    """Where the texts stand of a column that is mostly one of numbers, as a part of a sentence."""
    cells = table.cells[name]
    texts = np.array([bool(cell) and not find_formats(cell) for cell in cells])
    if not 0 < texts.sum() <= _UNIQUE * (cells != "").sum():
        return ""
    return f" (not as in {table.name_lines(texts)}: {cells[texts].iloc[0]!r})"


def _name_the_rows(name: str, values: np.ndarray) -> bool:
    """Whether whole numbers, different in every row, tell rows apart and nothing else."""
    count = len(values)
    if count < _RUNNING_NUMBERS or np.isnan(values).any() or (values != np.round(values)).any():
        return False
    if len(np.unique(values)) < count:
        return False
    steps = np.diff(values)
    # In the order of the file they would tell the class of a table that is sorted by it.
    in_order = (steps > 0).all() or (steps < 0).all()
    without_gaps = np.ptp(values) < count
    return bool(in_order or without_gaps or _IDENTIFIER.fullmatch(name))


def _refuse_too_many(table: TableFile, categories: list[str]) -> None:
    if not categories:
        return
    counts = {name: table.cells[name].nunique() for name in categories}
    if 4 * len(table.cells) * sum(counts.values()) > _MEMORY_LIMIT:
        name = max(counts, key=counts.__getitem__)
        raise InputError(
            f"Column {name!r} of {table.path} has {counts[name]:,} different categories. A column "
            f"of zeros and ones for each does not fit in memory with {len(table.cells):,} rows. "
            f"Join some of them, or leave it out: ignore=[{name!r}]."
        )
