"""What the plots of runs have in common: colours, lines, scales and texts."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator, PercentFormatter

from cmd_keras.printable import printable

# One dictionary an epoch, from `RunHistory`.
Rows = list[dict[str, Any]]


def as_written(text: Text, words: str) -> None:
    """Set a text in which nothing is a formula: a dollar sign is one, a backslash too."""
    text.set_parse_math(False)
    text.set_usetex(False)
    text.set_text(printable(words))


def line(axis: Axes, rows: Rows, values: list[float], **style: Any) -> None:
    """Draw one value an epoch."""
    # A single epoch is a point, and a line through one point is invisible.
    axis.plot(column(rows, "epoch"), values, marker="o" if len(rows) == 1 else None, **style)


def column(rows: Rows, name: str) -> list[Any]:
    """The value of this name in each epoch."""
    return [row[name] for row in rows]


def has(rows: Rows, name: str) -> bool:
    """Whether a run measures this."""
    return name in rows[0]


def percent(axis: Axes) -> None:
    """A scale from 0 to 100 %."""
    axis.set_ylim(-0.02, 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))


def finish(axes: Any, runs: list[Rows], legend: bool = True) -> None:
    """Grid, epochs and legend of all axes of a figure."""
    last = max(row["epoch"] for rows in runs for row in rows)
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlim(0.5, last + 0.5)
        if legend:
            axis.legend(loc="best", fontsize="small")
