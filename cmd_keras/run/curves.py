"""The picture of a run: accuracy, threshold and knowledge passed on, by epoch."""

import math
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

_A, _B, _BOTH = "#0072b2", "#d55e00", "#444444"


def draw_curves(rows: list[dict[str, Any]], num_classes: int, title: str, path: Path) -> None:
    """Draw three panels one under the other.

    Args:
        rows: One dictionary an epoch, from `RunHistory`.
        num_classes: C, for the height of H(u).
        title: Above the picture.
        path: PNG file to write.
    """
    epochs = [row["epoch"] for row in rows]
    # A single epoch is a point, and a line through one point is invisible.
    marker = "o" if len(rows) == 1 else None

    def column(name: str) -> list[float]:
        return [row[name] for row in rows]

    figure = Figure(figsize=(7.0, 8.5), layout="constrained")
    figure.suptitle(title)
    accuracy, threshold, passed = figure.subplots(3, 1, sharex=True)

    accuracy.plot(epochs, column("test_peer_a_accuracy"), color=_A, marker=marker, label="A, test")
    accuracy.plot(
        epochs, column("test_peer_b_accuracy"), color=_B, ls="--", marker=marker, label="B, test"
    )
    accuracy.plot(
        epochs,
        column("test_ensemble_accuracy"),
        color=_BOTH,
        lw=1,
        marker=marker,
        label="ensemble, test",
    )
    accuracy.plot(
        epochs,
        column("mean_accuracy"),
        color=_BOTH,
        ls=":",
        marker=marker,
        label="mean, on the given labels",
    )
    accuracy.set_ylabel("accuracy")
    accuracy.set_ylim(0.0, 1.0)
    accuracy.yaxis.set_major_formatter(PercentFormatter(1.0))

    chi = column("threshold")
    if all(math.isfinite(value) for value in chi):
        threshold.plot(epochs, chi, color=_BOTH, marker=marker, label="threshold χ")
    threshold.plot(
        epochs, column("peer_a_entropy"), color=_A, marker=marker, label="mean entropy of A"
    )
    threshold.plot(
        epochs,
        column("peer_b_entropy"),
        color=_B,
        ls="--",
        marker=marker,
        label="mean entropy of B",
    )
    threshold.axhline(math.log(num_classes), color="#bbbbbb", lw=1, label="H(u) = log C")
    threshold.set_ylabel("nats")
    threshold.set_ylim(bottom=0.0)

    passed.plot(epochs, column("a_to_b"), color=_A, marker=marker, label="A to B")
    passed.plot(epochs, column("b_to_a"), color=_B, ls="--", marker=marker, label="B to A")
    passed.set_ylabel("fraction distilled")
    passed.set_ylim(-0.02, 1.02)
    passed.yaxis.set_major_formatter(PercentFormatter(1.0))
    passed.set_xlabel("epoch t")
    passed.xaxis.set_major_locator(MaxNLocator(integer=True))
    passed.set_xlim(min(epochs) - 0.5, max(epochs) + 0.5)

    for axes in (accuracy, threshold, passed):
        axes.grid(alpha=0.3)
        axes.legend(loc="best", fontsize="small")
    figure.savefig(path, dpi=120)
