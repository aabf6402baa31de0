"""A table with other labels; all else in it is written as it was."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from cmd_keras.data.files.table_file import read_table
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError
from cmd_keras.relabel.changes import Changes
from cmd_keras.relabel.replace_cell import replace_cell

_LINE = re.compile(r".* line ([0-9]+)", re.DOTALL)


def line_of_row(name: str) -> tuple[int]:
    """The line that a row begins in, by what it is called as an example."""
    return (int(_LINE.fullmatch(name)[1]),)


def write_csv(
    source: Path,
    target: str,
    changes: Changes,
    lines_of: Callable[[str], Sequence[int]],
    path: Path,
) -> None:
    """Write the table again.

    Args:
        source: The table.
        target: Its column of labels.
        changes: Of its examples.
        lines_of: The lines that an example stands in, by its name.
        path: The file to write.

    Raises:
        InputError: if a row that is to be otherwise is not in the table.
    """
    file = read_table(source)
    target = canonicalize(target)
    column = file.cells.columns.get_loc(target)
    label_in = dict(zip(file.lines.tolist(), file.cells[target].tolist(), strict=True))
    example_of = changes.example_of()
    new = {
        line: label_in[lines_of(example_of[label])[0]]
        for name, label in changes.relabelled.items()
        for line in lines_of(name)
    }
    removed = {line for name in changes.removed for line in lines_of(name)}
    text = source.read_bytes().decode("utf-8")
    lines = list(io.StringIO(text, newline=""))
    with path.open("w", encoding="utf-8", newline="") as written:
        at, reader, met = 1, csv.reader(lines, delimiter=file.delimiter), set()
        for _ in reader:
            record = "".join(lines[at - 1 : reader.line_num])
            if at in new:
                record = replace_cell(record, column, new[at], file.delimiter)
            if at not in removed:
                written.write(record)
            met.add(at)
            at = reader.line_num + 1
    if missed := sorted((new.keys() | removed) - met):
        raise InputError(
            f"No row of {source} begins in line {missed[0]} any more, where one was read a moment "
            "ago, so nothing is written. Give the command again when nobody changes the table."
        )
