"""Words on a terminal: what a user calls things is shown as it is, never read as markup."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cmd_keras.printable import printable


def plain(text: str, style: str = "") -> Text:
    """Text in which nothing is markup, for tables and titles."""
    return Text(printable(text), style=style)


def say(console: Console, text: str, style: str = "") -> None:
    """Print a line, which the terminal alone may break.

    Args:
        console: Where to.
        text: Any text.
        style: Of all of it, as Rich calls it.
    """
    console.print(plain(text, style), soft_wrap=True)


def say_table(console: Console, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, its first column to the left and all others to the right.

    Args:
        console: Where to.
        header: A text a column.
        rows: A text a cell.
    """
    show_table(console, table_of(header, rows))


def show_table(console: Console, table: Table) -> None:
    """Print a table that `table_of` made."""
    console.print(table, highlight=False, markup=False, emoji=False)


def table_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """The table that `say_table` prints."""
    table = Table()
    for i, name in enumerate(header):
        table.add_column(plain(name), justify="left" if i == 0 else "right")
    for row in rows:
        table.add_row(*map(plain, row))
    return table
