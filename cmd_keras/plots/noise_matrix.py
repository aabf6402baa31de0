"""Which class is taken for which, as a picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from cmd_keras.printable import printable

# Numbers in more cells than these could not be read.
_MOST_WITH_NUMBERS, _MOST_WITH_NAMES = 20, 60


def draw_noise_matrix(
    matrix: np.ndarray, interval: np.ndarray, class_names: Sequence[str], path: Path
) -> None:
    """Draw the probability of each given label for each true class, and how sure it is.

    Args:
        matrix: `[C, C]`, row k is how examples of class k are labelled.
        interval: `[2, C, C]`, the least and the most of each entry.
        class_names: One for each class.
        path: PNG file to write.
    """
    count = len(matrix)
    side = min(14.0, max(5.0, 0.55 * min(count, _MOST_WITH_NUMBERS) + 2.5))
    figure = Figure(figsize=(side, side), layout="constrained")
    axis = figure.subplots()
    # What is wrong is what one looks for: the diagonal would outshine it.
    wrong = matrix * (1.0 - np.eye(count))
    image = axis.imshow(wrong, cmap="Reds", vmin=0.0, vmax=max(float(wrong.max()), 0.05))
    figure.colorbar(image, ax=axis, fraction=0.045, format="{x:.0%}")
    if count <= _MOST_WITH_NUMBERS:
        for (k, i), share in np.ndenumerate(matrix):
            if round(share, 2) > 0.0:
                dark = k != i and share > 0.6 * image.get_clim()[1]
                color = "white" if dark else "grey" if k == i else "black"
                cell = {"ha": "center", "color": color}
                axis.text(i, k, f"{share:.0%}", va="bottom", fontsize=8, **cell)
                low, high = interval[:, k, i]
                axis.text(i, k + 0.1, f"{low:.0%} to {high:.0%}", va="top", fontsize=4.5, **cell)
    if count <= _MOST_WITH_NAMES:
        for scale in (axis.xaxis, axis.yaxis):
            scale.set_ticks(range(count), list(map(_tick, class_names)))
        axis.tick_params(axis="x", labelrotation=90)
    axis.set_xlabel("given label")
    axis.set_ylabel("true class, by estimate")
    axis.set_title("how each class is labelled", fontsize="medium")
    figure.savefig(path, dpi=120)


def _tick(name: str) -> str:
    name = printable(name)
    # A dollar sign begins a formula, and ticks are written anew whenever they are drawn.
    return (name if len(name) <= 20 else f"{name[:19]}…").replace("$", r"\$")
