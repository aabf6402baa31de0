"""A table of corrections as it is read: what was decided, row by row."""

import dataclasses
import re
from collections.abc import Callable, Sequence

from cmd_keras.counted import counted
from cmd_keras.data.files.table_file import TableFile, read_table
from cmd_keras.data.identity import is_written_key
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# As `suspects.csv` has numbers, and as a spreadsheet may save them. Python reads no number of
# thousands of digits.
_NUMBER = re.compile(r"([0-9]{1,18})(?:\.0*)?")


@dataclasses.dataclass(frozen=True)
class Correction:
    """What was decided about one example.

    Args:
        line: Of the table.
        name: Of the example: its file as it stands there, or its index as text.
        action: `keep`, `relabel` or `remove`.
        label: The class that it is of, for `relabel`.
        given: The class that it was of when this was decided, or "" where nobody wrote it.
        given_number: The number of that class, as text.
        written: What the column `label` says, "" where it says nothing.
        predicted_number: The number of the class that is taken from `predicted_name`, as text; ""
            where `label` says the class.
        index: The number of the example beside its name, "" where nobody wrote it.
        key: What the content of the example was told by when this was decided, "" where nobody
            wrote it.
        part: Which part it is of, "" where nobody wrote it.
    """

    line: int
    name: str
    action: str
    label: str
    given: str
    given_number: str
    written: str
    predicted_number: str
    index: str
    key: str
    part: str


def read_corrections(path: str) -> tuple[list[Correction], bool]:
    """What was decided, and whether examples are named by their files.

    Raises:
        InputError: if the file is no such table, or decides nothing.
    """
    file = read_table(path, as_written="file")
    columns = {name: file.cells[name].tolist() for name in file.cells.columns}
    by_file = "file" in columns
    if not (by_file or "index" in columns) or "action" not in columns:
        raise InputError(
            f"{file.path} has the columns {', '.join(columns)}; `action` is needed, and `file` or "
            "`index`. Take suspects.csv and add the column `action`: keep, relabel or remove."
        )
    empty = [""] * len(file.lines)
    given, number, label, predicted, predicted_number, index, key, part = (
        columns.get(name, empty)
        for name in (
            *("given_name", "given", "label", "predicted_name", "predicted"),
            *("index", "key", "part"),
        )
    )
    names = file.written if by_file else list(map(_plain_number, index))
    corrections = [
        Correction(
            line=line,
            name=names[i],
            action=columns["action"][i].casefold(),
            label=label[i] or predicted[i],
            given=given[i],
            given_number=number[i],
            written=label[i],
            predicted_number="" if label[i] else predicted_number[i],
            index=index[i] if by_file else "",
            # A column of the user's own may be called so.
            key=key[i] if is_written_key(key[i]) else "",
            part=part[i],
        )
        for i, line in enumerate(file.lines.tolist())
        if columns["action"][i]
    ]
    _say_undecided(file, len(corrections))
    return corrections, by_file


def says_number(cell: str, number: int) -> bool:
    """Whether a cell says this number, or nothing."""
    found = _NUMBER.fullmatch(cell)
    return not cell or (found is not None and int(found[1]) == number)


def refuse(
    corrections: Sequence[Correction],
    path: str,
    wrong: Callable[[Correction], bool],
    says: Callable[[Correction], str],
) -> None:
    """Refuses what is wrong with some lines, in the words that fit the first of them.

    Args:
        corrections: Rows of a table.
        path: The table.
        wrong: Whether something is wrong with a row.
        says: What.

    Raises:
        InputError: if it is with one, with the lines.
    """
    if found := [correction for correction in corrections if wrong(correction)]:
        lines = ", ".join(str(correction.line) for correction in found[:5])
        more = ", …" if len(found) > 5 else ""
        raise InputError(
            f"{path}, line{'s' if len(found) > 1 else ''} {lines}{more}: {says(found[0])}"
        )


def _plain_number(cell: str) -> str:
    """A number as `suspects.csv` has it; what is none stays what it is."""
    found = _NUMBER.fullmatch(cell)
    return cell if found is None else str(int(found[1]))


def _say_undecided(file: TableFile, decided: int) -> None:
    """Say how many rows decide nothing, and refuse a table of which that is so of all."""
    rows = len(file.lines)
    if not decided:
        none = "no row has an action" if rows else "it has no row below the names of its columns"
        raise InputError(
            f"{file.path} decides nothing: {none}. Write keep, relabel or remove into the column "
            "`action` of at least one row, or leave the file out."
        )
    if undecided := rows - decided:
        have, decide = ("have", "decide") if undecided > 1 else ("has", "decides")
        said = counted(undecided, "row")
        notice(f"{said} of {file.path} {have} no action, and {decide} nothing.")
