"""Where pictures come from: an array in memory, or a stream from disk.

Both hand out the pictures of one epoch in an order that depends on nothing but
the seed and the number of the epoch, so that a run can be repeated, or taken up
again, from any epoch on.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from cmd_keras.errors import InputError

# How many undecoded pictures of a stream are mixed at a time.
_STREAM_BUFFER = 4096


class ArrayImages:
    """Pictures held in memory.

    Args:
        array: `[n, height, width, channels]`.

    Raises:
        InputError: if it has another shape, or contains NaN or infinity.
    """

    def __init__(self, array: np.ndarray) -> None:
        if array.ndim != 4 or 0 in array.shape:
            raise InputError(
                f"Images must have the shape (n, height, width, channels), received {array.shape}."
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            bad = ~np.isfinite(array).all(axis=(1, 2, 3))
            raise InputError(
                f"{int(bad.sum())} of {len(array)} images contain NaN or infinity, the first is "
                f"image {int(bad.argmax())}. Remove or repair them."
            )
        self._array = array
        self.shape = array.shape[1:]

    def __len__(self) -> int:
        return len(self._array)

    def in_order(self) -> tf.data.Dataset:
        """Every picture, first to last."""
        return tf.data.Dataset.range(len(self)).map(self._picture)

    def shuffled(self, seed: int, epoch: tf.Tensor) -> tf.data.Dataset:
        """`(index, picture)` of every picture, in the order of this epoch."""
        key = tf.stack([tf.cast(seed, tf.uint32), tf.cast(epoch, tf.uint32), tf.constant(0, tf.uint32)])
        last = tf.constant(len(self) - 1, tf.int64)

        def pick(position: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            index = tf.random.experimental.index_shuffle(position, key, last)
            return index, self._picture(index)

        return tf.data.Dataset.range(len(self)).map(pick)

    def _picture(self, index: tf.Tensor) -> tf.Tensor:
        picture = tf.numpy_function(self._array.__getitem__, [index], self._array.dtype)
        picture.set_shape(self.shape)
        return picture
