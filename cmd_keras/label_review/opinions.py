"""Labels, and what a classifier thinks of their examples, as arrays that fit each other."""

from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.label_review.checks import check_each, is_number

# So far may probabilities in half precision sum from 1.
_TOLERANCE = 1e-2


def opinions(labels: Any, probabilities: Any, **beside: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays.

    Args:
        labels: `[n]`, classes 0 … C-1. Names of columns where `probabilities` is a data frame and
            the labels are no integers, or its columns are numbers, of which 0 … C-1 in this order
            are both. A series has the index of the data frame.
        probabilities: `[n, C]`, each row sums to 1, up to a hundredth: an array or a data frame.
        beside: What else is known of each label, by name. A series has the index of the data
            frame, or where there is none that of the labels; nothing else is looked at.

    Returns:
        int64 `[n]` and float64 `[n, C]`, in the order that was given, each row divided by its sum.

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
    examples = "probabilities" if isinstance(probabilities, pd.DataFrame) else "labels"
    owner = probabilities if examples == "probabilities" else labels
    for name, values in {"labels": labels, **beside}.items():
        check_index(name, values, examples, owner)
    check_each("labels", y, (y >= 0) & (y < p.shape[1]), f"a class 0 … {p.shape[1] - 1}")
    return y.astype(np.int64), p


def distributions(p: np.ndarray) -> np.ndarray:
    """Probabilities whose rows sum to 1 up to rounding, in whatever precision they were found.

    Args:
        p: float64 `[n, C]`, each row sums to 1, up to a hundredth.

    Returns:
        `[n, C]`, each row divided by its sum.

    Raises:
        ValueError: if a row is no distribution. It names the first.
    """
    total = p.sum(axis=1)
    # NaN compares as False.
    one_each = (p >= 0.0).all(axis=1) & (abs(total - 1.0) <= _TOLERANCE)
    wanted = "at least 0 and sum to 1; logits become so by a softmax"
    check_each("probabilities", p, one_each, wanted)
    return p / total[:, None]


def check_index(name: str, values: Any, examples: str, owner: Any) -> None:
    """Require that values are those of the same examples, in the same order.

    Args:
        name: What the caller calls the values.
        values: One for each example. Only a series says which.
        examples: What the caller calls what they belong to.
        owner: That. Only a series or a data frame says which examples it is of.

    Raises:
        ValueError: if both say it, and say different things.
    """
    indexed = (pd.Series, pd.DataFrame)
    if not isinstance(values, pd.Series) or not isinstance(owner, indexed):
        return
    if not values.index.equals(owner.index):
        raise ValueError(
            f"{name} and {examples} must have one index, in the same order, received "
            f"{values.index[:3].tolist()} … and {owner.index[:3].tolist()} …. Sort by "
            f"{name}.loc[{examples}.index], or give {name}.to_numpy() if they are in order."
        )


def _probabilities(probabilities: Any) -> np.ndarray:
    p = np.asarray(probabilities)
    if p.ndim != 2 or p.shape[1] < 2 or len(p) == 0 or p.dtype.kind not in "fiub":
        raise ValueError(
            "probabilities must be numbers [n, C] of at least one example and two classes, "
            f"received {p.dtype} of shape {p.shape}."
        )
    return distributions(p.astype(np.float64))


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
    numbered = all(map(is_number, columns))
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
