"""Labels, and what a classifier thinks of their examples, as arrays that fit each other."""

from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.label_review.checks import check_each

# So far may probabilities in half precision sum from 1.
_TOLERANCE = 1e-2


def opinions(labels: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays.

    Args:
        labels: `[n]`, classes 0 … C-1. Names of columns where `probabilities` is a data frame and
            the labels are no integers, or its columns are numbers, of which 0 … C-1 in this order
            are both. A series has the index of the data frame.
        probabilities: `[n, C]`, each row sums to 1: an array or a data frame.

    Returns:
        int64 `[n]` and float64 `[n, C]`, as they were given.

    Raises:
        ValueError: if they are of other shapes or types, do not belong together, or hold what
            is no class or no probability, or masked. It names the first offending example.
    """
    for name, given in (("labels", labels), ("probabilities", probabilities)):
        _check_unmasked(name, given)
    p = _probabilities(probabilities)
    y = _numbers(labels, probabilities)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be integers [n], received {y.dtype} of shape {y.shape}. One-hot labels "
            "become integers by labels.argmax(axis=1); names of classes are taken where "
            "probabilities is a data frame with a column for each."
        )
    if len(y) != len(p):
        raise ValueError(
            f"labels and probabilities must be of the same examples, received {len(y):,} labels "
            f"and {len(p):,} rows of probabilities."
        )
    _check_index(labels, probabilities)
    check_each("labels", y, (y >= 0) & (y < p.shape[1]), f"a class 0 … {p.shape[1] - 1}")
    return y.astype(np.int64), p


def _probabilities(probabilities: Any) -> np.ndarray:
    p = np.asarray(probabilities)
    if p.ndim != 2 or p.shape[1] < 2 or len(p) == 0 or p.dtype.kind not in "fiub":
        raise ValueError(
            "probabilities must be numbers [n, C] of at least one example and two classes, "
            f"received {p.dtype} of shape {p.shape}."
        )
    p = p.astype(np.float64)
    # NaN compares as False.
    one_each = (p >= 0.0).all(axis=1) & (abs(p.sum(axis=1) - 1.0) <= _TOLERANCE)
    wanted = "at least 0 and sum to 1; logits become so by a softmax"
    check_each("probabilities", p, one_each, wanted)
    return p


def _numbers(labels: Any, probabilities: Any) -> np.ndarray:
    y = np.asarray(labels)
    if not isinstance(probabilities, pd.DataFrame):
        return y
    columns = probabilities.columns
    if not columns.is_unique:
        raise ValueError(
            "Each column of probabilities must have a name of its own, which is that of a class; "
            f"received {columns[columns.duplicated()][0]!s} more than once. Rename columns, or "
            "give probabilities.to_numpy(), whose classes are 0 … C-1."
        )
    # Numbers are names as well: of 1 … C each would else be read as the class behind it.
    numbered = columns.inferred_type in ("integer", "floating")
    if y.ndim != 1 or (y.dtype.kind in "iu" and not numbered):
        return y
    places = columns.get_indexer(pd.Index(y))
    wanted = f"a column of probabilities, the first of which is {columns[0]!s}"
    check_each("labels", y, places >= 0, wanted)
    return places


def _check_unmasked(name: str, given: Any) -> None:
    # As an array it would hold whatever is below the mask.
    if np.ma.is_masked(given):
        first = np.argwhere(np.ma.getmaskarray(given))[0].tolist()
        raise ValueError(
            f"{name} must be known of every example, received {name}{first} masked. Leave out "
            "examples that have none."
        )


def _check_index(labels: Any, probabilities: Any) -> None:
    if not isinstance(labels, pd.Series) or not isinstance(probabilities, pd.DataFrame):
        return
    if not labels.index.equals(probabilities.index):
        raise ValueError(
            "labels and probabilities must have one index, in the same order, received "
            f"{labels.index[:3].tolist()} … and {probabilities.index[:3].tolist()} …. Sort by "
            "labels.loc[probabilities.index], or give labels.to_numpy() if they are in order."
        )
