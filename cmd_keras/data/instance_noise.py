"""Label noise that depends on the input: Xia et al., Part-dependent label noise, NeurIPS 2020.

Whoever looks at an ambiguous photograph takes it for a certain other class, not for any.
Algorithm 2 of their appendix makes such noise: an input x of class y moves with a probability q
of its own, and to where x·W_y is large, W_y being drawn at random for each class.
"""

from collections.abc import Iterable

import numpy as np
from scipy.special import softmax
from scipy.stats import truncnorm

from cmd_keras.errors import InputError

# Of q, around the rate.
_SPREAD = 0.1
# Numbers of all W_y together, 1 GB: 100 classes of images of 59 x 59 pixels in colour.
_MOST = 2**28


def corrupt_by_instance(
    inputs: Iterable[np.ndarray], labels: np.ndarray, num_classes: int, rate: float, seed: int
) -> np.ndarray:
    """A corrupted copy of the labels.

    Args:
        inputs: Batches `[b, ...]`, of `n` inputs together, in the order of the labels, with mean
            0 and variance 1.
        labels: `[n]`, integers 0 … C-1, of a dtype that has room for all of these.
        num_classes: C.
        rate: Mean of q, in [0, 1).
        seed: Same seed, same labels, whatever the batches.

    Returns:
        `[n]`, of the same dtype.

    Raises:
        InputError: if there are other inputs than labels, or they are too large.
    """
    if rate == 0.0:
        return labels.copy()
    # A stream of its own: the labels are not those that other noise would move.
    rng = np.random.default_rng([seed, 4])
    count = len(labels)
    low, high = (0.0 - rate) / _SPREAD, (1.0 - rate) / _SPREAD
    q = truncnorm.rvs(low, high, rate, _SPREAD, size=count, random_state=rng)
    u = rng.random(count)
    classes = labels.astype(np.int64)
    moved, done, weights = classes.copy(), 0, None
    for batch in inputs:
        x = np.asarray(batch, np.float32).reshape(len(batch), -1)
        here = slice(done, done := done + len(x))
        if weights is None:
            weights = _weights(x.shape[1], num_classes, rng)
        if done > count:
            break
        rows = transition_rows(x, classes[here], q[here], weights)
        moved[here] = (rows.cumsum(axis=1) <= u[here, None]).sum(axis=1)
    if done != count:
        raise InputError(
            f"inst noise needs an input for each label, received {count} labels and "
            f"{'more' if done > count else done} inputs."
        )
    return np.minimum(moved, num_classes - 1).astype(labels.dtype)


def transition_rows(
    x: np.ndarray, labels: np.ndarray, q: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """How probable each given label is: algorithm 2, lines 4 to 7.

    Args:
        x: `[b, S]`.
        labels: `[b]`, integers 0 … C-1.
        q: `[b]`, with which probability each moves.
        weights: `[C, S, C]`, W.

    Returns:
        `[b, C]` float64, each row sums to 1.
    """
    scores = np.empty((len(x), weights.shape[2]))
    for y in np.unique(labels):
        scores[labels == y] = x[labels == y] @ weights[y]
    own = np.arange(len(x)), labels
    scores[own] = -np.inf
    rows = q[:, None] * softmax(scores, axis=1)
    rows[own] = 1.0 - q
    return rows


def _weights(features: int, num_classes: int, rng: np.random.Generator) -> np.ndarray:
    if features * num_classes**2 > _MOST:
        side = int((_MOST / num_classes**2 / 3) ** 0.5)
        raise InputError(
            f"inst noise draws {num_classes} x {features:,} x {num_classes} numbers, which is too "
            f"many. Take smaller inputs: with {num_classes} classes colour images of at most "
            f"{side} x {side} pixels."
        )
    return rng.standard_normal((num_classes, features, num_classes), np.float32)
