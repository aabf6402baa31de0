"""How little an example belongs to any class."""

from typing import Any

import numpy as np
from scipy.special import entr

# From here on an example is shown as one of no class.
NO_CLASS = 0.5


def no_class(farness: Any, probabilities: Any) -> np.ndarray:
    """Far from every class, and not taken for one of them either.

    Args:
        farness: `[n]`, in [0, 1], as `Neighbours.farness` returns it.
        probabilities: `[n, C]`, out of sample, best as `NoiseEstimate.calibrated` returns them.

    Returns:
        `[n]`, in [0, 1]: farness · (2 + H(p) / log C) / 3. Distance counts for more than entropy:
        networks are often sure of what they have never seen the like of, and unsure of what
        lies between two classes.

    Raises:
        ValueError: if they are not of the same examples.
    """
    far, p = np.asarray(farness, np.float64), np.asarray(probabilities, np.float64)
    if p.ndim != 2 or far.shape != p.shape[:1]:
        raise ValueError(
            f"probabilities must be [n, C], with n values of farness, received shape {p.shape} "
            f"and {far.shape}."
        )
    return far * (2.0 + np.minimum(1.0, entr(p).sum(axis=1) / np.log(p.shape[1]))) / 3.0
