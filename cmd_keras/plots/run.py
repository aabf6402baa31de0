"""The plot of one run: accuracy, memorisation, entropies and what was passed on."""

import math
import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cmd_keras.plots.axes import Rows, as_written, column, finish, has, line, percent

_A, _B, _BOTH = "#0072b2", "#d55e00", "#444444"

# In characters, for 7 inches.
_TITLE_WIDTH = 80


def draw_curves(rows: Rows, num_classes: int, title: str, path: Path) -> None:
    """Draw what happened in one run, panels one under the other.

    Args:
        rows: One dictionary an epoch, from `RunHistory`.
        num_classes: C, for the height of H(u).
        title: Above the plot.
        path: PNG file to write.
    """
    panels = [_accuracy, _memorisation, lambda *a: _threshold(*a, num_classes), _passed]
    if not has(rows, "corrupted_part_given_accuracy"):
        panels.remove(_memorisation)
    if not has(rows, "a_to_b"):
        panels.remove(_passed)
    # matplotlib looks for formulas where it breaks lines, whatever it was told.
    lines = textwrap.fill(title, _TITLE_WIDTH, replace_whitespace=False, break_on_hyphens=False)
    above = 0.3 + 0.2 * len(lines.splitlines())
    height = 2.7 * len(panels) + above + 0.5
    figure = Figure(figsize=(7.0, height))
    # To have matplotlib find the margins takes as long as to draw all there is.
    inside = {"left": 0.11, "right": 0.98, "top": 1.0 - above / height, "bottom": 0.5 / height}
    as_written(figure.suptitle("", fontsize="medium", y=1.0 - 0.12 / height, va="top"), lines)
    axes = figure.subplots(len(panels), 1, sharex=True, gridspec_kw={**inside, "hspace": 0.08})
    for panel, axis in zip(panels, axes, strict=True):
        panel(axis, rows)
    axes[-1].set_xlabel("epoch t")
    finish(axes, [rows])
    figure.savefig(path, dpi=120)


def _accuracy(axis: Axes, rows: Rows) -> None:
    for name, label, style in (
        ("test_peer_a_accuracy", "A, test", {"color": _A}),
        ("test_peer_b_accuracy", "B, test", {"color": _B, "ls": "--"}),
        ("test_ensemble_accuracy", "ensemble, test", {"color": _BOTH, "lw": 1}),
        ("validation_mean_accuracy", "mean, validation", {"color": "#009e73"}),
        ("mean_accuracy", "mean, on the given labels", {"color": _BOTH, "ls": ":"}),
    ):
        if has(rows, name):
            line(axis, rows, column(rows, name), label=label, **style)
    axis.set_ylabel("accuracy")
    percent(axis)


def _memorisation(axis: Axes, rows: Rows) -> None:
    for name, label, style in (
        ("clean_part_accuracy", "right labels: learned", {"color": _BOTH}),
        ("corrupted_part_true_accuracy", "wrong labels: seen through", {"color": "#009e73"}),
        ("corrupted_part_given_accuracy", "wrong labels: memorised", {"color": "#cc0000"}),
    ):
        if has(rows, name):
            line(axis, rows, column(rows, name), label=label, **style)
    axis.set_ylabel("of the training labels")
    percent(axis)


def _threshold(axis: Axes, rows: Rows, num_classes: int) -> None:
    chi = column(rows, "threshold") if has(rows, "threshold") else [None]
    if all(value is not None and math.isfinite(value) for value in chi):
        line(axis, rows, chi, label="threshold χ", color=_BOTH)
    line(axis, rows, column(rows, "peer_a_entropy"), label="mean entropy of A", color=_A)
    line(axis, rows, column(rows, "peer_b_entropy"), label="mean entropy of B", color=_B, ls="--")
    axis.axhline(math.log(num_classes), color="#bbbbbb", lw=1, label="H(u) = log C")
    axis.set_ylabel("nats")
    axis.set_ylim(bottom=0.0)


def _passed(axis: Axes, rows: Rows) -> None:
    line(axis, rows, column(rows, "a_to_b"), label="A to B", color=_A)
    line(axis, rows, column(rows, "b_to_a"), label="B to A", color=_B, ls="--")
    axis.set_ylabel("fraction distilled")
    percent(axis)
