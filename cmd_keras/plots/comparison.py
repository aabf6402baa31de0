"""The plot of several runs over each other: figures 2 and 3 of the paper, and more."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cmd_keras.plots.axes import Rows, as_written, finish, line, percent

# Told apart with every kind of colour vision (Okabe and Ito).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
_DASHES = ("-", "--", ":")

# Title, what a run must have measured, and the value of an epoch of a run with n labels.
_PANELS: list[tuple[str, str, Callable]] = [
    ("test accuracy, mean of A and B", "epoch", lambda row, n: row["test_mean_accuracy"]),
    (
        "knowledge distilled, labels an epoch",
        "a_to_b",
        lambda row, n: (row["a_to_b"] + row["b_to_a"]) * n,
    ),
    *(
        (title, name, lambda row, n, name=name: row[name])
        for title, name in (
            ("wrong labels memorised", "corrupted_part_given_accuracy"),
            ("wrong labels seen through", "corrupted_part_true_accuracy"),
        )
    ),
]


def draw_comparison(runs: dict[str, tuple[Rows, int]], path: Path) -> None:
    """Lay the curves of several runs over each other.

    Args:
        runs: For each label the rows of a run and the number of its training labels.
        path: PNG file to write.
    """
    measured = {name for rows, _ in runs.values() for name in rows[0]}
    panels = _PANELS if "corrupted_part_given_accuracy" in measured else _PANELS[:2]
    figure = Figure(figsize=(11.0, 3.6 * len(panels) / 2 + 0.25 * len(runs)), layout="constrained")
    axes = figure.subplots(len(panels) // 2, 2, squeeze=False).flatten()
    for (title, needed, value), axis in zip(panels, axes, strict=True):
        for i, (label, (rows, count)) in enumerate(runs.items()):
            rows = [row for row in rows if needed in row]
            line(axis, rows, [value(row, count) for row in rows], gid=label, **style_of(i))
        axis.set_title(title, fontsize="medium")
        axis.set_xlabel("epoch t")
        if needed == "a_to_b":
            axis.set_ylim(bottom=0)
        else:
            percent(axis)
    finish(axes, [rows for rows, _ in runs.values()], legend=False)
    name_lines(figure, [drawn for drawn in axes[0].lines if drawn.get_gid() in runs])
    figure.savefig(path, dpi=120)


def style_of(i: int) -> dict[str, str]:
    """Colour and dashes of the curve that comes as number i."""
    return {"color": _COLOURS[i % len(_COLOURS)], "ls": _DASHES[i // len(_COLOURS) % 3]}


def name_lines(figure: Figure, lines: list[Line2D]) -> None:
    """A legend below the figure, in which every line is called its `gid`."""
    # A name that begins with an underscore would have no entry: they are written in afterwards.
    legend = figure.legend(
        lines, list(map(str, range(len(lines)))), loc="outside lower center", fontsize="small"
    )
    for text, drawn in zip(legend.get_texts(), lines, strict=True):
        as_written(text, drawn.get_gid())
