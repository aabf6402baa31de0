"""Curves of several methods, each the mean over seeds with a band of one standard deviation."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cmd_keras.plots.axes import Rows, column, finish, line, percent
from cmd_keras.plots.comparison import name_lines, style_of

# What is drawn: the mean of these columns of the history, all of them shares of 1.
_PANELS = {
    "test accuracy, mean of A and B": ("test_mean_accuracy",),
    "knowledge distilled, A→B and B→A": ("a_to_b", "b_to_a"),
    "wrong labels memorised": ("corrupted_part_given_accuracy",),
    "wrong labels seen through": ("corrupted_part_true_accuracy",),
}


def draw_bands(histories: dict[str, list[Rows]], path: Path) -> None:
    """Draw one line and band a method.

    Args:
        histories: For each method the rows of its runs, one a seed.
        path: PNG file to write.
    """
    measured = {name for runs in histories.values() for rows in runs for name in rows[0]}
    panels = {title: names for title, names in _PANELS.items() if measured.issuperset(names)}
    lines = -(-len(panels) // 2)
    figure = Figure(figsize=(11.0, 3.6 * lines + 0.25 * len(histories)), layout="constrained")
    axes = figure.subplots(lines, 2, squeeze=False).flatten()
    for axis in axes[len(panels) :]:
        axis.remove()
    axes = axes[: len(panels)]
    for (title, names), axis in zip(panels.items(), axes, strict=True):
        for i, (label, runs) in enumerate(histories.items()):
            runs = [rows for rows in runs if set(names) <= rows[0].keys()]
            if runs:
                _band(axis, runs, names, style_of(i), label)
        axis.set_title(title, fontsize="medium")
        axis.set_xlabel("epoch t")
        percent(axis)
    finish(axes, [rows for runs in histories.values() for rows in runs], legend=False)
    name_lines(figure, [drawn for drawn in axes[0].lines if drawn.get_gid() in histories])
    figure.savefig(path, dpi=120)


def _band(axis: Axes, runs: list[Rows], names: tuple[str, ...], style: dict, label: str) -> None:
    shortest = min(runs, key=len)
    values = np.array(
        [[np.mean([row[name] for name in names]) for row in rows[: len(shortest)]] for rows in runs]
    )
    middle, spread = values.mean(axis=0), values.std(axis=0, ddof=min(1, len(runs) - 1))
    line(axis, shortest, middle, gid=label, **style)
    epochs, colour = column(shortest, "epoch"), style["color"]
    axis.fill_between(
        epochs, middle - spread, middle + spread, color=colour, alpha=0.2, linewidth=0
    )
