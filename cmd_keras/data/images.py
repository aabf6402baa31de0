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
_STREAM_WINDOW = 4096


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
        self._array = tf.constant(array)
        self.shape = tuple(array.shape[1:])

    def __len__(self) -> int:
        return self._array.shape[0]

    def in_order(self) -> tf.data.Dataset:
        """Every picture, first to last."""
        return tf.data.Dataset.from_tensor_slices(self._array)

    def shuffled(self, seed: int, epoch: tf.Tensor) -> tf.data.Dataset:
        """`(index, picture)` of every picture, in the order of this epoch."""
        key = tf.stack([tf.constant(seed, tf.int64), epoch])
        last = tf.constant(len(self) - 1, tf.int64)

        def pick(position: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            index = tf.random.experimental.index_shuffle(position, key, last)
            return index, tf.gather(self._array, index)

        return tf.data.Dataset.range(len(self)).map(pick, tf.data.AUTOTUNE)


class StreamedImages:
    """Pictures read from disk as they are needed.

    Args:
        encoded: The undecoded pictures, always in the same order.
        decode: Makes an array of `shape` of one of them.
        count: How many there are.
        shape: `(height, width, channels)` after decoding.
    """

    def __init__(
        self,
        encoded: tf.data.Dataset,
        decode: Callable[[tf.Tensor], tf.Tensor],
        count: int,
        shape: tuple[int, int, int],
    ) -> None:
        self._encoded = encoded
        self._decode = decode
        self._count = count
        self.shape = shape

    def __len__(self) -> int:
        return self._count

    def in_order(self) -> tf.data.Dataset:
        """Every picture, first to last."""
        return self._encoded.map(self._decode, tf.data.AUTOTUNE)

    def shuffled(self, seed: int, epoch: tf.Tensor) -> tf.data.Dataset:
        """`(index, picture)` of every picture, mixed within windows of 4,096."""

        # Dataset.shuffle would need a seed that is known before the epoch is.
        def mix(number: tf.Tensor, window: tuple[tf.Tensor, tf.Tensor]) -> tf.data.Dataset:
            key = tf.stack([tf.constant(seed, tf.int64), epoch * self._count + number])
            order = tf.range(tf.shape(window[0])[0])
            order = tf.random.experimental.stateless_shuffle(order, key)
            return tf.data.Dataset.from_tensor_slices(tuple(tf.gather(x, order) for x in window))

        windows = self._encoded.enumerate().batch(_STREAM_WINDOW).enumerate()
        mixed = windows.flat_map(mix)
        return mixed.map(lambda i, picture: (i, self._decode(picture)), tf.data.AUTOTUNE)
