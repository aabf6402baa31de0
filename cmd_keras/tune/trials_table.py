"""Trials in a table: a column for each constant, or one for all where these would not fit."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from cmd_keras.say import table_of

# Cells and changes of a line.
Line = tuple[Sequence[str], dict[str, Any]]


def trials_table(console: Console, header: Sequence[str], lines: Sequence[Line]) -> Table:
    """What is shown of some trials.

    Args:
        console: Where it is shown.
        header: Names of the first columns.
        lines: A trial each: its first cells, and what it changed of the settings.
    """
    names = list(dict.fromkeys(name for _, changes in lines for name in changes))
    if not names:
        return table_of(header, [cells for cells, _ in lines])
    apart = table_of(
        (*header, *names),
        [
            (*cells, *(short(changes[name]) if name in changes else "–" for name in names))
            for cells, changes in lines
        ],
    )
    # Rich would break names and numbers alike, to stay within the width of the console.
    boundless = console.options.update(width=10_000)
    if console.measure(apart, options=boundless).maximum <= console.width:
        return apart
    together = table_of(
        (*header, "constants"),
        [(*cells, words_of_changes(changes)) for cells, changes in lines],
    )
    together.columns[-1].justify = "left"
    return together


def words_of_changes(changes: dict[str, Any]) -> str:
    """Constants as they are written on a line."""
    return " ".join(f"{name}={short(value)}" for name, value in changes.items())


def short(value: Any) -> str:
    """A constant, in a table."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
