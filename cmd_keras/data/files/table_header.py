"""The first lines of a CSV file: what separates its columns, and what they are called."""

import contextlib
import csv
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.user_path import user_path

_DELIMITERS = ",;\t"

# Rows that are looked at to tell which of them separates columns.
_SAMPLE = 200

# What Excel takes, and some programs write, as a first line.
_SEPARATOR_LINE = re.compile(r'"?sep=(.|\\t)"?[\r\n]*', re.IGNORECASE)


def check_first_lines(path: str | Path, names: Sequence[str]) -> None:
    """Refuses names of columns that a table does not have; no more than that is read.

    Args:
        path: Of a file that is there. What is wrong with it otherwise is said by `read`.
        names: Of columns.

    Raises:
        InputError: naming the nearest one, and all.
    """
    with (
        contextlib.suppress(UnicodeDecodeError),
        user_path(path).open(encoding="utf-8-sig", newline="") as file,
    ):
        lines = list(itertools.islice(file, _SAMPLE))
        delimiter, skipped = find_separator(lines)
        records = csv.reader(lines[skipped:], delimiter=delimiter)
        columns: list[str] = []
        with contextlib.suppress(csv.Error):
            columns = next(filter(any, map(canonicalize_cells, records)), [])
        # A single one is another mistake.
        if len(columns) > 1:
            check_columns(names, columns, path)


def canonicalize_cells(record: Sequence[str]) -> list[str]:
    """Cells without what cannot be seen, in the one spelling of all that look the same."""
    return [canonicalize(cell) for cell in record]


def check_columns(names: Sequence[str], known: list[str], path: str | Path) -> None:
    """Refuses names of columns that a table does not have.

    Args:
        names: Of columns.
        known: All that there are.
        path: Of the table.

    Raises:
        InputError: naming the nearest one, and all.
    """
    for name in canonicalize_cells(names):
        if name not in known:
            hint = did_you_mean(name, known)
            raise InputError(
                f"{path} has no column {name!r}.{hint} It has the columns: {', '.join(known)}."
            )


def find_separator(lines: Sequence[str]) -> tuple[str, int]:
    """What separates columns, and how many lines say so."""
    if lines and (said := _SEPARATOR_LINE.fullmatch(lines[0])):
        return said[1].replace("\\t", "\t"), 1
    return _delimiter(lines), 0


def _delimiter(lines: Sequence[str]) -> str:
    def fits(delimiter: str) -> tuple[bool, float, int]:
        rows = csv.reader(lines[:_SAMPLE], delimiter=delimiter)
        widths = []
        # What cannot be read is said later, with its line.
        with contextlib.suppress(csv.Error):
            widths.extend(len(row) for row in rows if row)
        width = widths[0] if widths else 0
        alike = [other == width for other in widths[1:]] or [True]
        return width > 1, sum(alike) / len(alike), width

    return max(_DELIMITERS, key=fits)
