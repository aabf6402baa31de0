"""Adds to rows of a variable where it is, whose other rows cost nothing."""

import keras

from cmdcore.tensor import Tensor


def add_rows(variable: keras.Variable, numbers: Tensor, rows: Tensor) -> None:
    """Add to some rows.

    Args:
        variable: `[n, ...]`, which is not trained. Of several replicas each adds to its own.
        numbers: `[batch]`, which rows. What one that comes twice is given is added twice.
        rows: `[batch, ...]`, of the type of the variable, without a gradient.
    """
    _ADDED[keras.backend.backend()](variable, numbers, rows)


def _by_tensorflow(variable: keras.Variable, numbers: Tensor, rows: Tensor) -> None:
    import tensorflow as tf

    # `scatter_add` of a variable that is summed over replicas is not implemented; the handle is
    # that of this replica's own.
    tf.raw_ops.ResourceScatterAdd(resource=variable.value.handle, indices=numbers, updates=rows)


def _by_jax(variable: keras.Variable, numbers: Tensor, rows: Tensor) -> None:
    # A compiled step changes it where it is.
    variable.assign(variable.value.at[numbers].add(rows))


def _by_torch(variable: keras.Variable, numbers: Tensor, rows: Tensor) -> None:
    variable.value.index_add_(0, numbers, rows)


_ADDED = {"tensorflow": _by_tensorflow, "jax": _by_jax, "torch": _by_torch}
