"""Arrays are looked at once, before training; streams cannot be."""

from typing import Any

import keras
import numpy as np


def check_inputs(inputs: Any, sample_weight: Any = None) -> None:
    """Require samples, and no NaN or infinity in NumPy arrays of floats.

    Args:
        inputs: What `fit` calls `x`: an array, or arrays in a list or dictionary.
        sample_weight: What `fit` calls so.

    Raises:
        ValueError: naming the first offending sample.
    """
    for array in keras.tree.flatten((inputs, sample_weight)):
        if isinstance(array, np.ndarray) and len(array) == 0:
            raise ValueError(f"There are no samples: received an array of shape {array.shape}.")
        if isinstance(array, np.ndarray) and array.dtype.kind == "f":
            finite = np.isfinite(array).reshape(len(array), -1).all(axis=1)
            if not finite.all():
                raise ValueError(
                    f"{int((~finite).sum())} of {len(array)} samples or their weights contain NaN "
                    f"or infinity, the first is sample {int(np.argmin(finite))}. Remove or repair "
                    "them."
                )


def check_labels(labels: Any, num_classes: int) -> None:
    """Require class indices 0 … C-1 or distributions over C classes.

    Args:
        labels: `[n]` or `[n, 1]` indices, or `[n, C]` one-hot or soft labels.
        num_classes: C.

    Raises:
        ValueError: naming the first offending label, where it stands and what
            was expected.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == num_classes:
        _check_distributions(labels)
    elif labels.ndim == 1 or (labels.ndim == 2 and labels.shape[1] == 1):
        _check_indices(labels.reshape(-1), num_classes)
    else:
        raise ValueError(
            f"Labels must have the shape (n,), (n, 1) or (n, {num_classes}) for {num_classes} "
            f"classes, received {labels.shape}."
        )


def _check_indices(labels: np.ndarray, num_classes: int) -> None:
    if labels.dtype.kind not in "iufb":
        raise ValueError(
            f"Class labels must be integers 0 … {num_classes - 1}, received {labels.dtype} "
            f"such as {labels[0]!r}. Number the class names first, e.g. with "
            "numpy.unique(labels, return_inverse=True)."
        )
    wrong = (labels < 0) | (labels >= num_classes) | (labels != np.floor(labels))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{int(wrong.sum())} of {len(labels)} labels are out of range: label {first} is "
            f"{labels[first]}, and the peers tell the classes 0 … {num_classes - 1} apart."
        )


def _check_distributions(labels: np.ndarray) -> None:
    wrong = ~np.isfinite(labels).all(axis=1) | (labels < 0).any(axis=1)
    wrong |= np.abs(labels.sum(axis=1, dtype=np.float64) - 1.0) > 1e-3
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{int(wrong.sum())} of {len(labels)} rows are not distributions (no negative entry, "
            f"sum 1): row {first} is {np.array2string(labels[first], threshold=8)}, with sum "
            f"{labels[first].sum():.6g}."
        )
