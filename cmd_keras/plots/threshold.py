"""Pictures of the threshold chi, eq. 12, on paper and in the terminal."""

import math
from pathlib import Path

import numpy as np
from keras import ops
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cmdcore import schedule


def thresholds(eta: float, b2: float, num_classes: int, epochs: int) -> np.ndarray:
    """Chi of eq. 12 at epochs 1 … Γ, `[epochs]`, in nats.

    Raises:
        ValueError: if `eta` is 0 or NaN, `b2` not finite, or `num_classes` below 2.
    """
    progress = np.arange(1, epochs + 1, dtype="float32") / epochs
    chi = schedule.threshold(ops.convert_to_tensor(progress), eta, b2, num_classes)
    return ops.convert_to_numpy(chi)


def draw(curves: dict[str, np.ndarray], num_classes: int, path: Path) -> None:
    """Draw one line a curve into a PNG file."""
    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.subplots()
    for label, chi in curves.items():
        # A single epoch is a point, and a line through one point is invisible.
        marker = "o" if len(chi) == 1 else None
        axes.plot(range(1, len(chi) + 1), chi, marker=marker, label=label)
    axes.axhline(math.log(num_classes), color="#bbbbbb", lw=1, label="H(u) = log C")
    axes.set_title(f"What is passed on: entropy below χ, {num_classes} classes")
    axes.set_xlabel("epoch t")
    axes.set_ylabel("χ in nats")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def text(chi: np.ndarray, num_classes: int, width: int = 60) -> str:
    """The curve as lines of text, at most 20, each with a bar from 0 to its value."""
    picks = np.unique(np.linspace(1, len(chi), min(20, len(chi))).round().astype(int))
    top = max(math.log(num_classes), float(np.max(chi)))
    lines = [f"{'t':>6}  {'χ':>8}  0 {'·' * width} {top:.3f} nats"]
    for t in picks:
        bar = "█" * max(0, round(float(chi[t - 1]) / top * width))
        lines.append(f"{t:>6}  {chi[t - 1]:8.4f}  {bar}")
    return "\n".join(lines)
