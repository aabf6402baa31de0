"""The column of labels of a table."""

import re

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.files.table_vectors import unify_spelling
from cmd_keras.data.spelling import missing
from cmd_keras.data.spelling.class_order import order_classes
from cmd_keras.data.spelling.number_format import find_formats
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

_WHOLE = re.compile(r"[+-]?[0-9]+")

# Where classes have fewer rows than this on average, it is another column that is meant.
_ROWS_IN_A_CLASS = 2


def number_labels(table: TableFile, target: str) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes and their numbers.

    A class is the text as it is written: `01` and `1` are two.

    Args:
        table: The table.
        target: Its column of labels.

    Returns:
        The names of the classes, in the order of their numbers, and `[n]` int64.

    Raises:
        InputError: if a label is missing, is a fraction, or one class is written in two
            ways; or if nearly every row has a class of its own.
    """
    column = table.cells[target].to_numpy()
    names = order_classes(set(column.tolist()))
    _refuse_missing(table, target)
    _refuse_fractions(table, target, names)
    _refuse_spellings(table, target, names)
    if len(names) * _ROWS_IN_A_CLASS > len(column):
        raise InputError(
            f"The target {target!r} of {table.path} has {len(names):,} different values in "
            f"{len(column):,} rows; classes of at least {_ROWS_IN_A_CLASS} rows each can be "
            "learned. Is it the right column?"
        )
    number = {name: i for i, name in enumerate(names)}
    return tuple(names), np.array([number[text] for text in column], np.int64)


def _refuse_missing(table: TableFile, target: str) -> None:
    column = table.cells[target].to_numpy()
    if (empty := column == "").any():
        raise InputError(
            f"The target {target!r} is missing in {counted(int(empty.sum()), 'row')} of "
            f"{table.path}: see {table.name_lines(empty)}. Fill in the labels, or remove these "
            "rows."
        )
    marked = np.isin(column, list(missing.find_among(column)))
    if marked.any():
        shown = " and ".join(repr(text) for text in sorted(set(column[marked])))
        raise InputError(
            f"The target {target!r} of {table.path} is {shown} in "
            f"{counted(int(marked.sum()), 'row')}, as programs write what is missing: see "
            f"{table.name_lines(marked)}. Fill in these labels, or remove the rows. If it is a "
            "class, write it in another way, as 'Namibia' for 'NA'."
        )
    if all(map(_WHOLE.fullmatch, column)) and missing.marks_unlabelled(map(int, column)):
        unlabelled = np.array([int(text) == -1 for text in column])
        raise InputError(
            f"The target {target!r} of {table.path} is -1 in "
            f"{counted(int(unlabelled.sum()), 'row')}, as examples are marked that are not "
            f"labelled: see {table.name_lines(unlabelled)}. Remove these rows. If it is a class, "
            "write it in another way, as 'minus 1'."
        )


def _refuse_fractions(table: TableFile, target: str, names: list[str]) -> None:
    ways = {name: find_formats(name) for name in names}
    if not all(ways.values()):
        return
    fractions = [name for name in names if not ways[name][0].parse(name).is_integer()]
    if fractions:
        wrong = table.cells[target].isin(fractions).to_numpy()
        raise InputError(
            f"The target {target!r} of {table.path} holds fractions, as in "
            f"{table.name_lines(wrong)}. Classes are texts or integers; numbers to be predicted "
            "(regression) must be divided into classes first."
        )


def _without_zeros(name: str) -> str:
    return str(int(name)) if _WHOLE.fullmatch(name) else name


def _refuse_spellings(table: TableFile, target: str, names: list[str]) -> None:
    for spell, refused in ((unify_spelling, True), (str.casefold, False), (_without_zeros, False)):
        spelled: dict[str, str] = {}
        for name in names:
            other = spelled.setdefault(spell(name), name)
            if other == name:
                continue
            both = (
                f"The target {target!r} of {table.path} holds {other!r} "
                f"({table.name_lines((table.cells[target] == other).to_numpy())}) and {name!r} "
                f"({table.name_lines((table.cells[target] == name).to_numpy())})"
            )
            if refused:
                raise InputError(f"{both}, one class written in two ways. Write it in one.")
            notice(f"{both}: two classes, if that is not a typing error.")
