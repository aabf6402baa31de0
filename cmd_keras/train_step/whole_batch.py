"""What a step need not ask where it sees the whole batch."""

from collections.abc import Callable
from typing import Any

import keras


def compiled(objective: Callable, num_classes: int) -> Callable:
    """The objective itself: JAX compiles the whole step, PyTorch runs it as it is."""
    return objective


def examples_per_replica(values: Any) -> int:
    """Size of the batch, however many devices it is spread over.

    Args:
        values: `[batch]`, one for each example.
    """
    return values.shape[0]


def rows_of(variable: keras.Variable, numbers: Any) -> Any:
    """Rows of a variable.

    Args:
        variable: `[n, ...]`.
        numbers: `[batch]`, which rows.

    Returns:
        `[batch, ...]`.
    """
    return keras.ops.take(variable, numbers, axis=0)
