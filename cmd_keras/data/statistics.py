"""Mean and variance of inputs, by which networks bring them to one scale."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from cmd_keras.data.inputs import Inputs

# So many tell a mean as well as all of them would.
_EXAMPLES = 10_000
_BATCH = 500

# By so much of a value its neighbours in float32 differ from it, and by no less.
_ROUNDING = np.finfo(np.float32).eps / 2


def measure_inputs(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel or feature, over 10,000 of the inputs.

    Args:
        inputs: `n` inputs `[..., channels]` or `[features]`.

    Returns:
        Two float64 arrays, `[channels]` or `[features]`. A variance is 0 where values differ
        by no more than float32 rounds them.
    """
    # Mixed, because the first 10,000 of a set sorted by class show few classes.
    mixed = inputs.shuffled_batches(_BATCH, 0, tf.constant(0, tf.int64)).map(lambda _, x: x)
    count, first, total, squares = 0, 0.0, 0.0, 0.0
    for batch in mixed.take(_EXAMPLES // _BATCH):
        values = batch.numpy().astype(np.float64).reshape(-1, batch.shape[-1])
        # Sums of fractions are rounded, and the difference of two of them says that a constant
        # varies; sums of zeros are not, nor are those of whole numbers.
        if count == 0 and batch.dtype.is_floating:
            first = values[0].copy()
        values -= first
        count += len(values)
        total += values.sum(axis=0)
        squares += (values**2).sum(axis=0)
    mean = first + total / count
    variance = squares / count - (total / count) ** 2
    return mean, np.where(variance > (_ROUNDING * mean) ** 2, variance, 0.0)


def standardise(inputs: Inputs, batches: tf.data.Dataset) -> Iterator[np.ndarray]:
    """Batches with mean 0 and variance 1; nothing is read before the first is asked for.

    Args:
        inputs: Whose mean and variance are taken.
        batches: `[b, ...]`, of these or others.
    """
    mean, variance = measure_inputs(inputs)
    scale = 1.0 / np.sqrt(np.where(variance > 0.0, variance, 1.0))
    for batch in batches.as_numpy_iterator():
        yield ((batch - mean) * scale).astype(np.float32)
