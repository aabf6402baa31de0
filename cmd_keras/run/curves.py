"""The pictures of one run and of several: figures 2 and 3 of the paper, and more."""

import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator, PercentFormatter

from cmd_keras.printable import printable

_A, _B, _BOTH = "#0072b2", "#d55e00", "#444444"
# Told apart with every kind of colour vision (Okabe and Ito).
_RUNS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")

# In characters, for 7 inches.
_TITLE_WIDTH = 80

Rows = list[dict[str, Any]]


def draw_curves(rows: Rows, num_classes: int, title: str, path: Path) -> None:
    """Draw what happened in one run, panels one under the other.

    Args:
        rows: One dictionary an epoch, from `RunHistory`.
        num_classes: C, for the height of H(u).
        title: Above the picture.
        path: PNG file to write.
    """
    panels = [_accuracy, _memorisation, lambda *a: _threshold(*a, num_classes), _passed]
    if not _has(rows, "corrupted_part_given_accuracy"):
        panels.remove(_memorisation)
    figure = Figure(figsize=(7.0, 2.9 * len(panels)), layout="constrained")
    # matplotlib looks for formulas where it breaks lines, whatever it was told.
    lines = textwrap.fill(title, _TITLE_WIDTH, replace_whitespace=False, break_on_hyphens=False)
    _as_written(figure.suptitle("", fontsize="medium"), lines)
    axes = figure.subplots(len(panels), 1, sharex=True)
    for panel, axis in zip(panels, axes, strict=True):
        panel(axis, rows)
    _finish(axes, [rows])
    figure.savefig(path, dpi=120)


def draw_comparison(runs: dict[str, tuple[Rows, int]], path: Path) -> None:
    """Lay the curves of several runs over each other.

    Args:
        runs: For each label the rows of a run and the number of its training labels.
        path: PNG file to write.
    """
    panels: list[tuple[str, Callable]] = [
        ("test accuracy, mean of A and B", lambda row, n: row["test_mean_accuracy"]),
        (
            "knowledge distilled, labels an epoch",
            lambda row, n: (row["a_to_b"] + row["b_to_a"]) * n,
        ),
        ("wrong labels memorised", lambda row, n: row["corrupted_part_given_accuracy"]),
        ("wrong labels seen through", lambda row, n: row["corrupted_part_true_accuracy"]),
    ]
    if not any(_has(rows, "corrupted_part_given_accuracy") for rows, _ in runs.values()):
        panels = panels[:2]
    figure = Figure(figsize=(11.0, 3.6 * len(panels) / 2 + 0.25 * len(runs)), layout="constrained")
    axes = figure.subplots(len(panels) // 2, 2, squeeze=False).flatten()
    for (name, value), axis in zip(panels, axes, strict=True):
        for i, (label, (rows, count)) in enumerate(runs.items()):
            if "memorised" in name or "seen through" in name:
                rows = [row for row in rows if "corrupted_part_given_accuracy" in row]
            style = {"color": _RUNS[i % len(_RUNS)], "ls": ("-", "--", ":")[i // len(_RUNS) % 3]}
            _line(axis, rows, [value(row, count) for row in rows], gid=label, **style)
        axis.set_title(name, fontsize="medium")
        axis.set_xlabel("epoch t")
        if "distilled" in name:
            axis.set_ylim(bottom=0)
        else:
            _percent(axis)
    _finish(axes, [rows for rows, _ in runs.values()], legend=False)
    lines = [line for line in axes[0].lines if line.get_gid() in runs]
    # A name that begins with an underscore would have no entry: they are written in afterwards.
    legend = figure.legend(
        lines,
        [str(i) for i, _ in enumerate(lines)],
        loc="outside lower center",
        fontsize="small",
    )
    for text, line in zip(legend.get_texts(), lines, strict=True):
        _as_written(text, line.get_gid())
    figure.savefig(path, dpi=120)


def _as_written(text: Text, words: str) -> None:
    """Sets a text in which nothing is a formula: a dollar sign is one, a backslash too."""
    text.set_parse_math(False)
    text.set_usetex(False)
    text.set_text(printable(words))


def _accuracy(axis: Axes, rows: Rows) -> None:
    for name, label, style in (
        ("test_peer_a_accuracy", "A, test", {"color": _A}),
        ("test_peer_b_accuracy", "B, test", {"color": _B, "ls": "--"}),
        ("test_ensemble_accuracy", "ensemble, test", {"color": _BOTH, "lw": 1}),
        ("validation_mean_accuracy", "mean, validation", {"color": "#009e73"}),
        ("mean_accuracy", "mean, on the given labels", {"color": _BOTH, "ls": ":"}),
    ):
        if _has(rows, name):
            _line(axis, rows, _column(rows, name), label=label, **style)
    axis.set_ylabel("accuracy")
    _percent(axis)


def _memorisation(axis: Axes, rows: Rows) -> None:
    for name, label, style in (
        ("clean_part_accuracy", "right labels: learned", {"color": _BOTH}),
        ("corrupted_part_true_accuracy", "wrong labels: seen through", {"color": "#009e73"}),
        ("corrupted_part_given_accuracy", "wrong labels: memorised", {"color": "#cc0000"}),
    ):
        if _has(rows, name):
            _line(axis, rows, _column(rows, name), label=label, **style)
    axis.set_ylabel("of the training labels")
    _percent(axis)


def _threshold(axis: Axes, rows: Rows, num_classes: int) -> None:
    chi = _column(rows, "threshold")
    if all(value is not None and math.isfinite(value) for value in chi):
        _line(axis, rows, chi, label="threshold χ", color=_BOTH)
    _line(axis, rows, _column(rows, "peer_a_entropy"), label="mean entropy of A", color=_A)
    _line(axis, rows, _column(rows, "peer_b_entropy"), label="mean entropy of B", color=_B, ls="--")
    axis.axhline(math.log(num_classes), color="#bbbbbb", lw=1, label="H(u) = log C")
    axis.set_ylabel("nats")
    axis.set_ylim(bottom=0.0)


def _passed(axis: Axes, rows: Rows) -> None:
    _line(axis, rows, _column(rows, "a_to_b"), label="A to B", color=_A)
    _line(axis, rows, _column(rows, "b_to_a"), label="B to A", color=_B, ls="--")
    axis.set_ylabel("fraction distilled")
    _percent(axis)
    axis.set_xlabel("epoch t")


def _line(axis: Axes, rows: Rows, values: list[float], **style: Any) -> None:
    # A single epoch is a point, and a line through one point is invisible.
    axis.plot(_column(rows, "epoch"), values, marker="o" if len(rows) == 1 else None, **style)


def _column(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows]


def _has(rows: Rows, name: str) -> bool:
    return name in rows[0]


def _percent(axis: Axes) -> None:
    axis.set_ylim(-0.02, 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))


def _finish(axes: Any, runs: list[Rows], legend: bool = True) -> None:
    last = max(row["epoch"] for rows in runs for row in rows)
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlim(0.5, last + 0.5)
        if legend:
            axis.legend(loc="best", fontsize="small")
