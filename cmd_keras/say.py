"""Words on a terminal: what a user calls things is shown as it is, never read as markup."""

from rich.console import Console
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
