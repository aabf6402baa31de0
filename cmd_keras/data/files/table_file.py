"""The cells of a CSV file, each row with the line that it begins in."""

import csv
import dataclasses
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.data.files.table_header import canonicalize_cells, check_columns, find_separator
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.user_path import user_path

if TYPE_CHECKING:
    import pandas as pd

_BINARY = (
    "{path} is not a CSV table: it holds binary data, or UTF-16 text. Save a table as 'CSV UTF-8'."
)


@dataclasses.dataclass(frozen=True)
class TableFile:
    """What is in a CSV file.

    Args:
        path: The file, as the user named it.
        cells: One text column for each name, "" where a cell is empty; no blanks around.
        lines: `[n]`, the line that each row begins in, as text editors number them: the
            first line is 1, blank lines count, and so does each line of a cell of several.
        delimiter: What separates columns.
        written: Of each row the cell that was asked for just as it stands in the file, where
            one was.
    """

    path: str
    cells: "pd.DataFrame"
    lines: np.ndarray
    delimiter: str
    written: tuple[str, ...] = ()

    def name_rows(self, rows: np.ndarray) -> tuple[str, ...]:
        """What these rows, counted from 0, are called."""
        return tuple(f"{self.path} line {line}" for line in self.lines[rows].tolist())

    def name_lines(self, wrong: np.ndarray) -> str:
        """The lines of up to five rows.

        Args:
            wrong: `[n]` booleans.
        """
        shown = ", ".join(map(str, self.lines[wrong][:5].tolist()))
        return f"line{'s' if wrong.sum() > 1 else ''} {shown}{', …' if wrong.sum() > 5 else ''}"

    def check_columns(self, names: Sequence[str]) -> None:
        """Refuses names of columns that the table does not have.

        Raises:
            InputError: naming the nearest one, and all.
        """
        check_columns(names, list(self.cells.columns), self.path)


def read_table(path: str | Path, as_written: str | None = None) -> TableFile:
    """Every cell of a table as text.

    Columns are separated by commas, semicolons or tabs: by what a first line `sep=;` says,
    or else by what makes as many cells of most rows as of the line of names, and the most.

    Args:
        path: Of the table.
        as_written: A column whose cells are wanted just as they stand there as well, as names of
            files are, two of which may look the same.

    Raises:
        InputError: if the file is not such a table, with the line that is not of it.
    """
    # A table may also only be looked at for its names, before this is waited for.
    import pandas as pd

    file = user_path(path)
    if not file.is_file():
        problem = "is a folder" if file.is_dir() else "does not exist"
        raise InputError(f"The file {path} {problem}; a CSV table is needed.")
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in file.read_bytes()[:4096]:
            raise InputError(_BINARY.format(path=path)) from None
        raise InputError(
            f"{path} is not UTF-8 text. Save it as 'CSV UTF-8', or convert it: "
            "iconv -f latin1 -t utf-8 OLD.csv > NEW.csv."
        ) from None
    if "\0" in text:
        raise InputError(_BINARY.format(path=path))
    # As files are read: str.splitlines also ends a line where only a printer would.
    lines = list(io.StringIO(text, newline=""))
    delimiter, skipped = find_separator(lines)
    records = _records(lines[skipped:], skipped, delimiter, path)
    names, rows, row_lines, written = [], [], [], []
    for line, record in records:
        cells = canonicalize_cells(record)
        if not names and any(cells):
            names = cells
        elif any(cells):
            rows.append(cells)
            row_lines.append(line)
            if as_written in names:
                written.append(_cell(record, names.index(as_written)))
        elif names and len(cells) > 1:
            notice(f"Line {line} of {path} has nothing but empty cells and is passed over.")
    names = _checked_names(names, rows, path)
    rows = [_of_width(row, line, names, path) for row, line in zip(rows, row_lines, strict=True)]
    return TableFile(
        str(path),
        pd.DataFrame(rows, columns=names, dtype=object),
        np.array(row_lines, np.int64),
        delimiter,
        tuple(written),
    )


def _records(
    lines: Sequence[str], skipped: int, delimiter: str, path: str | Path
) -> Iterator[tuple[int, list[str]]]:
    """The line that each record begins in, and its cells."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"{path} is not a table: the row in line {line} cannot be read ({error}). A quote "
                "opens a cell at its beginning and closes it at its end; inside such a cell write "
                'it twice (""), or remove it.'
            ) from None
        for cell in record:
            _refuse_swallowed_rows(cell, line, len(record), delimiter, path)
        if record:
            yield line, record


def _refuse_swallowed_rows(
    cell: str, line: int, width: int, delimiter: str, path: str | Path
) -> None:
    """A stray quote makes one cell of all that comes before the next one."""
    inner = cell.splitlines()[1:-1]
    if width > 2 and inner and all(row.count(delimiter) == width - 1 for row in inner):
        raise InputError(
            f"{path} is not a table: in line {line} a quote opens a cell that swallows the "
            f"{len(inner)} rows below it. Remove that quote, or write it twice inside a cell that "
            "has quotes around it."
        )


def _checked_names(names: list[str], rows: list[list[str]], path: str | Path) -> list[str]:
    names = list(names)
    # What is left where every line ends in a separator.
    while names and names[-1] == "" and not any(any(row[len(names) - 1 :]) for row in rows):
        names.pop()
    if not names:
        raise InputError(f"{path} is empty; a table with names in its first line is needed.")
    if "" in names:
        raise InputError(
            f"Column {names.index('') + 1} of {path} has no name in the first line. Name it, or "
            "remove it if it holds row numbers (pandas: to_csv(..., index=False))."
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path} has two columns {twice[0]!r}. Rename one of them.")
    return names


def _cell(record: list[str], column: int) -> str:
    """A cell of a row, whose last ones may be missing."""
    return record[column] if column < len(record) else ""


def _of_width(row: list[str], line: int, names: list[str], path: str | Path) -> list[str]:
    """A row with a cell for each name; what is missing at its end is empty."""
    if any(row[len(names) :]):
        raise InputError(
            f"{path} is not a table: line {line} has {len(row)} cells, but the first line names "
            f"{len(names)} columns. Put quotes around a cell that holds a separator."
        )
    return [*row[: len(names)], *[""] * (len(names) - len(row))]
