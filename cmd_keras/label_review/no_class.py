"""How little an example belongs to any class."""

from typing import Any

import numpy as np
from scipy.special import entr

from cmd_keras.label_review.opinions import distributions

# Nothing below is shown as one of no class.
NO_CLASS = 0.5
# No score is more.
HIGHEST = 1.0
# Of the distance of the quartiles, above the upper one: what Tukey calls far out.
_FAR_OUT = 3.0
# What differs by less is one score, found in other ways.
_ROUNDING = 1e-6


def no_class(farness: Any, probabilities: Any) -> np.ndarray:
    """Far from every class, and not taken for one of them either.

    Args:
        farness: `[n]`, in [0, 1], as `Neighbours.farness` returns it.
        probabilities: `[n, C]`, each row sums to 1; out of sample, best as
            `NoiseEstimate.calibrated` returns them.

    Returns:
        `[n]`, in [0, 1]: farness · (2 + H(p) / log C) / 3. Distance counts for more than entropy:
        networks are often sure of what they have never seen the like of, and unsure of what
        lies between two classes.

    Raises:
        ValueError: if they are not of the same examples, or hold what is no probability.
    """
    far, p = np.asarray(farness, np.float64), np.asarray(probabilities, np.float64)
    if p.ndim != 2 or p.shape[1] < 2 or far.shape != p.shape[:1]:
        raise ValueError(
            f"probabilities must be [n, C] of at least two classes, with n values of farness, "
            f"received shape {p.shape} and {far.shape}."
        )
    entropy = entr(distributions(p)).sum(axis=1)
    return far * (2.0 + np.minimum(1.0, entropy / np.log(p.shape[1]))) / 3.0


def no_class_from(scores: Any) -> float:
    """The score from which on an example stands out as one of no class.

    Where classes overlap, or networks know little, half of all examples may be as far from one
    class as from another: that says something of the classes, and nothing of these examples.

    Args:
        scores: `[n]`, as `no_class` returns them; NaN, where one is not known, does not count.

    Returns:
        0.5, or what lies three distances of the quartiles above the upper quartile, if that is
        more. Where all scores are the same it is more than they are. More than 1, the highest
        score, means that no example can stand out.

    Example:
        >>> no_class_from([0.1] * 9 + [0.9]), no_class_from([0.1, 0.2, 0.6, 0.7])
        (0.5, 2.0)
    """
    known = np.asarray(scores, np.float64)
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return NO_CLASS
    lower, upper = np.percentile(known, [25, 75])
    if np.ptp(known) <= _ROUNDING:
        # Nothing stands out among its like, and what is as high as this is said to do so.
        return max(NO_CLASS, round(float(known.max()) + _ROUNDING, 6))
    return max(NO_CLASS, round(float(upper + _FAR_OUT * (upper - lower)), 6))
