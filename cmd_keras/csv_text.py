"""Tables as the text of a CSV file."""

import csv
import io
from collections.abc import Iterable
from typing import Any


def table(columns: dict[str, Any]) -> tuple[tuple[str, ...], list[tuple]]:
    """Header and rows of a table given by columns; a column that is None is left out."""
    columns = {name: values for name, values in columns.items() if values is not None}
    return tuple(columns), list(zip(*columns.values(), strict=True))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
