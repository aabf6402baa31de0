"""What libraries would refuse in their own words, or count for something else."""

import numbers

import numpy as np


def check_finite(name: str, values: np.ndarray) -> None:
    """Require numbers.

    Args:
        name: What the caller calls them.
        values: `[n, ...]`.

    Raises:
        ValueError: if any is NaN or infinite. It names the first example that holds one.
    """
    fine = np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
    if not fine.all():
        raise ValueError(
            f"{name} must be finite, received NaN or infinity in {name}[{int(np.argmin(fine))}], "
            f"and so in {np.count_nonzero(~fine):,} of {len(fine):,} examples. Leave these out."
        )


def check_classes(name: str, labels: np.ndarray, num_classes: int) -> None:
    """Require classes.

    Args:
        name: What the caller calls them.
        labels: `[n]`.
        num_classes: C.

    Raises:
        ValueError: if they are no integers 0 … C-1. It names the first that is not.
    """
    if labels.ndim != 1 or (len(labels) and labels.dtype.kind not in "iu"):
        raise ValueError(
            f"{name} must be integers [n], received {labels.dtype} of shape {labels.shape}."
        )
    wanted = (
        f"a class 0 … {num_classes - 1}. Give num_classes as it is, the classes that no label "
        "names among them"
    )
    check_each(name, labels, (labels >= 0) & (labels < num_classes), wanted)


def is_number(value: object) -> bool:
    """Whether it is a real number; a truth value is an integer to Python, and none here."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def check_each(name: str, values: np.ndarray, fine: np.ndarray, wanted: str) -> None:
    """Require that all are fine.

    Args:
        name: What the caller calls them.
        values: `[n, ...]`.
        fine: `[n]` booleans.
        wanted: What each must be.

    Raises:
        ValueError: if any is not. It names the first.
    """
    if not fine.all():
        first = int(np.argmin(fine))
        raise ValueError(
            f"{name}[{first}] is {values[first]!s}; it must be {wanted}. So it is with "
            f"{np.count_nonzero(~fine):,} of {len(fine):,} examples."
        )
