"""Examples that are numbered: what can be said of them before training."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from cmd_keras.array_check import check_inputs, check_labels, check_validation
from cmd_keras.finite import as_numpy, is_array, is_sparse

# What Keras would take from the numbers as if they were labels, and how it is had instead.
_OF_LABELS = {
    "class_weight": "Give each example its weight with sample_weight.",
    "validation_split": "Give inputs with their labels as validation_data.",
}


def checked_labels(labels: Any, num_classes: int | None) -> np.ndarray:
    """The labels of all examples.

    Args:
        labels: `[n]`, class indices in an array or list.
        num_classes: C, or None if it is not known yet.

    Returns:
        int32 `[n]`.

    Raises:
        ValueError: if they are none.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            "labels must be one integer for each example, an array of the shape (n,), received "
            f"{labels.dtype} of the shape {labels.shape}."
        )
    if num_classes is not None:
        check_labels(labels, num_classes)
    return labels.astype(np.int32)


def check_numbered(given: Mapping[str, Any], count: int, num_classes: int | None) -> None:
    """Require numbers in place of labels, and nothing that would take them for labels.

    Args:
        given: All that `fit` was given, by name. Streams are not looked at.
        count: n, how many labels there are.
        num_classes: C, or None if it is not known yet.

    Raises:
        ValueError: naming what cannot be used.
    """
    for name, instead in _OF_LABELS.items():
        if given.get(name):
            raise ValueError(
                f"{name} goes by labels, and a NumberedDistiller is given numbers in their place. "
                f"{instead}"
            )
    x, numbers = given.get("x"), given.get("y")
    check_inputs(x, given.get("sample_weight"))
    if numbers is not None or any(map(is_array, keras.tree.flatten(x))):
        _check_numbers(numbers, count)
    check_validation(given, num_classes)


def _check_numbers(numbers: Any, count: int) -> None:
    wanted = (
        f"fit must be given the numbers of the examples in place of labels, integers 0 … "
        f"{count - 1}, each once; for all of them numpy.arange({count}). Received "
    )
    if not is_array(numbers) or is_sparse(numbers):
        raise ValueError(f"{wanted}{type(numbers).__name__}.")
    values = as_numpy(numbers)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(f"{wanted}{values.dtype} of the shape {values.shape}.")
    if len(values) and not 0 <= values.min() <= values.max() < count:
        wrong = values[(values < 0) | (values >= count)][0]
        raise ValueError(f"{wanted}{wrong}, which has no label.")
    seen, often = np.unique(values, return_counts=True)
    if (often > 1).any():
        raise ValueError(f"{wanted}{seen[often > 1][0]} more than once.")
