"""One cell of a line of a table."""

import csv
import io

_QUOTE = '"'


def replace_cell(record: str, column: int, text: str, delimiter: str) -> str:
    """Write another text into a cell, and leave every other character as it was.

    Args:
        record: A row as it stands in the file, with the end of its line; a quoted cell may go
            over several lines.
        column: The number of the cell, from 0.
        text: What it is to hold.
        delimiter: Between cells.

    Returns:
        The row. The cell is quoted if it was, or has to be.

    Raises:
        IndexError: if there is no such cell.
    """
    first, last = _spans(record, delimiter)[column]
    was_quoted = record[first:last].startswith(_QUOTE)
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if was_quoted else csv.QUOTE_MINIMAL
    # It quotes what holds a character that ends its lines.
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    writer.writerow([text])
    return record[:first] + written.getvalue().removesuffix("\r\n") + record[last:]


def _spans(record: str, delimiter: str) -> list[tuple[int, int]]:
    """Where each cell begins and ends, as Python's `csv` divides a row."""
    end = len(record.rstrip("\r\n"))
    spans, first, quoted, closed = [], 0, False, None
    for at, character in enumerate(record[:end]):
        if character == _QUOTE and quoted:
            quoted, closed = False, at
        elif character == _QUOTE and (at == first or closed == at - 1):
            # Two in a row mean one: what the first has closed goes on.
            quoted = True
        elif character == delimiter and not quoted:
            spans.append((first, at))
            first = at + 1
    return [*spans, (first, end)]
