"""Equal examples with different labels, of which one at least is wrong."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def contradicting_copies(keys: Sequence[bytes], labels: Any) -> np.ndarray:
    """The first copy of each example that has another label.

    Args:
        keys: `n`, of equal examples the same.
        labels: `[n]`, integers.

    Returns:
        `[n]`, the place of the copy; -1 where there is none.
    """
    labels = np.asarray(labels).tolist()
    # Of each group the first example, and the first one with another label than that.
    first: dict[bytes, int] = {}
    second: dict[bytes, int] = {}
    for place, (key, label) in enumerate(zip(keys, labels, strict=True)):
        if labels[first.setdefault(key, place)] != label:
            second.setdefault(key, place)
    return np.array(
        [
            second.get(key, -1) if labels[first[key]] == label else first[key]
            for key, label in zip(keys, labels, strict=True)
        ],
        np.int64,
    )
