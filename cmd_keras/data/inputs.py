"""Where inputs come from: an array in memory, image files, or a stream from disk.

All of them hand out the inputs of one epoch in an order that depends on nothing
but the seed and the number of the epoch, so that a run can be repeated, or taken
up again, from any epoch on. Of several processes each reads and decodes its own:
`keep` says of every place in the order, counted from 0, whether it is wanted.

Each hands them out one by one and as batches: an array is read batch by batch, a
tenth of the work where inputs are small, a file or a stream one by one either way.

With `balance`, the class of every input, the order is one in which each class comes at
even intervals.
"""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from cmd_keras.data.balanced import balanced_order
from cmd_keras.errors import InputError

Keep = Callable[[tf.Tensor], tf.Tensor] | None
Balance = np.ndarray | None

# Images up to this many bytes are decoded once and held in memory.
_MEMORY_LIMIT = 2**30

# How many undecoded images of a stream are mixed at a time.
_STREAM_WINDOW = 4096


def fits_in_memory(count: int, shape: tuple[int, ...], itemsize: int = 1) -> bool:
    """Whether decoded images take no more than 1 GiB.

    Args:
        count: How many there are.
        shape: `(height, width, channels)`.
        itemsize: Bytes of one value.
    """
    return count * int(np.prod(shape)) * itemsize <= _MEMORY_LIMIT


def as_finite_float32(array: np.ndarray, what: str) -> np.ndarray:
    """The array in the type that the networks compute in.

    Args:
        array: `[n, …]`, numbers.
        what: What its rows are called in a message.

    Raises:
        InputError: if one of its rows contains NaN or infinity, or overflows.
    """
    with np.errstate(over="ignore"):
        array = array.astype(np.float32, copy=False)
    finite = np.isfinite(array).all(axis=tuple(range(1, array.ndim)))
    if not finite.all():
        raise InputError(
            f"{int((~finite).sum())} of {len(array)} {what} contain NaN or infinity, or more than "
            f"float32 can hold; the first is number {int(finite.argmin())}, counted from 0. Remove "
            "or repair them."
        )
    return array


class ArrayInputs:
    """Inputs held in memory: images, rows of a table, any array.

    Args:
        array: `[n, ...]`, at least two axes, numbers.

    Raises:
        InputError: if it has another shape, or contains NaN or infinity.
    """

    def __init__(self, array: np.ndarray) -> None:
        if array.ndim < 2 or 0 in array.shape:
            raise InputError(
                "Inputs must have the shape (n, features) or (n, height, width, channels), none of "
                f"them 0, received {array.shape}."
            )
        if array.dtype.kind not in "buif":
            raise InputError(f"Inputs must be numbers, received an array of {array.dtype}.")
        if array.dtype.kind == "f":
            array = as_finite_float32(array, "inputs")
        # A GPU has no use for the whole set: tf.data gathers on the CPU.
        with tf.device("CPU"):
            self._array = tf.constant(array)
            self._rows = tf.range(len(array), dtype=tf.int64)
        self.shape = tuple(array.shape[1:])

    def __len__(self) -> int:
        return self._rows.shape[0]

    def subset(self, indices: np.ndarray) -> "ArrayInputs":
        """The inputs at these ascending indices."""
        part = copy.copy(self)
        with tf.device("CPU"):
            # Of one array, however many parts there are: a review has two for each fold.
            part._rows = tf.constant(self._rows.numpy()[indices])
        return part

    def in_order(self, keep: Keep = None) -> tf.data.Dataset:
        """Every input that is kept, first to last."""
        return self._at(_places(len(self), keep))

    def batches_in_order(self, size: int, keep: Keep = None) -> tf.data.Dataset:
        """The same as batches of so many; the last one may be smaller."""
        return self._at(_places(len(self), keep).batch(size))

    def shuffled(
        self, seed: int, epoch: tf.Tensor, keep: Keep = None, balance: Balance = None
    ) -> tf.data.Dataset:
        """`(index, input)` of every input that is kept, in the order of this epoch."""
        places = _places(len(self), keep)
        return self._numbered(_shuffled(places, len(self), seed, epoch, balance))

    def shuffled_batches(
        self,
        size: int,
        seed: int,
        epoch: tf.Tensor,
        keep: Keep = None,
        balance: Balance = None,
    ) -> tf.data.Dataset:
        """The same as batches of so many; the last one may be smaller."""
        places = _places(len(self), keep).batch(size)
        return self._numbered(_shuffled(places, len(self), seed, epoch, balance))

    def _at(self, indices: tf.data.Dataset) -> tf.data.Dataset:
        return indices.map(self._input, tf.data.AUTOTUNE)

    def _numbered(self, indices: tf.data.Dataset) -> tf.data.Dataset:
        return indices.map(lambda i: (i, self._input(i)), tf.data.AUTOTUNE)

    def _input(self, index: tf.Tensor) -> tf.Tensor:
        return tf.gather(self._array, tf.gather(self._rows, index))


class _OneByOne:
    """Batches of what is handed out one by one."""

    def batches_in_order(self, size: int, keep: Keep = None) -> tf.data.Dataset:
        """`in_order` as batches of so many; the last one may be smaller."""
        return self.in_order(keep).batch(size)

    def shuffled_batches(
        self,
        size: int,
        seed: int,
        epoch: tf.Tensor,
        keep: Keep = None,
        balance: Balance = None,
    ) -> tf.data.Dataset:
        """`shuffled` as batches of so many; the last one may be smaller."""
        return self.shuffled(seed, epoch, keep, balance).batch(size)


class FileImages(_OneByOne):
    """Images read from one file each, as they are needed.

    Args:
        paths: The files, `[n]`.
        decode: Makes an array of `shape` of the content of a file.
        shape: `(height, width, channels)` after decoding.
    """

    def __init__(
        self,
        paths: Sequence[bytes],
        decode: Callable[[tf.Tensor], tf.Tensor],
        shape: tuple[int, int, int],
    ) -> None:
        self._paths = np.asarray(paths, dtype=object)
        self._decode = decode
        self.shape = shape

    def __len__(self) -> int:
        return len(self._paths)

    def subset(self, indices: np.ndarray) -> "FileImages":
        """The images at these ascending indices."""
        return FileImages(self._paths[indices], self._decode, self.shape)

    def in_order(self, keep: Keep = None) -> tf.data.Dataset:
        """Every image that is kept, first to last."""
        paths = tf.constant(self._paths, tf.string)
        order = _places(len(self), keep)
        return order.map(lambda i: self._read(tf.gather(paths, i)), tf.data.AUTOTUNE)

    def shuffled(
        self, seed: int, epoch: tf.Tensor, keep: Keep = None, balance: Balance = None
    ) -> tf.data.Dataset:
        """`(index, image)` of every image that is kept, in the order of this epoch."""
        # Folders are sorted by class: a window would hold a few classes only, so
        # the whole set is mixed, which costs nothing where files are opened by name.
        paths = tf.constant(self._paths, tf.string)
        order = _shuffled(_places(len(self), keep), len(self), seed, epoch, balance)
        return order.map(lambda i: (i, self._read(tf.gather(paths, i))), tf.data.AUTOTUNE)

    def _read(self, path: tf.Tensor) -> tf.Tensor:
        return self._decode(tf.io.read_file(path))


class StreamedImages(_OneByOne):
    """Images read from disk one after the other, as they are needed.

    Args:
        encoded: The undecoded images, always in the same order.
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

    def subset(self, indices: np.ndarray) -> "StreamedImages":
        """The images at these ascending indices; the others are read but not decoded."""
        chosen = np.zeros(self._count, bool)
        chosen[indices] = True
        chosen = tf.constant(chosen)
        encoded = filter_places(self._encoded, lambda place: chosen[place])
        return StreamedImages(encoded, self._decode, len(indices), self.shape)

    def in_order(self, keep: Keep = None) -> tf.data.Dataset:
        """Every image that is kept, first to last; the others are read but not decoded."""
        return filter_places(self._encoded, keep).map(self._decode, tf.data.AUTOTUNE)

    def shuffled(
        self, seed: int, epoch: tf.Tensor, keep: Keep = None, balance: Balance = None
    ) -> tf.data.Dataset:
        """`(index, image)` of every image that is kept, mixed within windows of 4,096."""

        # Dataset.shuffle would need a seed that is known before the epoch is.
        def mix(number: tf.Tensor, window: tuple[tf.Tensor, tf.Tensor]) -> tf.data.Dataset:
            key = tf.stack([tf.constant(seed, tf.int64), epoch * self._count + number])
            if balance is None:
                order = tf.range(tf.shape(window[0])[0])
                order = tf.random.experimental.stateless_shuffle(order, key)
            else:
                order = balanced_order(tf.gather(tf.constant(balance), window[0]), key)
            return tf.data.Dataset.from_tensor_slices(tuple(tf.gather(x, order) for x in window))

        windows = self._encoded.enumerate().batch(_STREAM_WINDOW).enumerate()
        mixed = filter_places(windows.flat_map(mix), keep)
        return mixed.map(lambda i, image: (i, self._decode(image)), tf.data.AUTOTUNE)


Inputs = ArrayInputs | FileImages | StreamedImages


def _places(count: int, keep: Keep) -> tf.data.Dataset:
    places = tf.data.Dataset.range(count)
    return places if keep is None else places.filter(keep)


def filter_places(elements: tf.data.Dataset, keep: Keep) -> tf.data.Dataset:
    """The elements at the places that are kept.

    Args:
        elements: Any.
        keep: Says of a place, counted from 0, whether it is kept; None keeps all.
    """
    if keep is None:
        return elements
    return elements.enumerate().filter(lambda place, _: keep(place)).map(lambda _, element: element)


def _shuffled(
    places: tf.data.Dataset, count: int, seed: int, epoch: tf.Tensor, balance: Balance
) -> tf.data.Dataset:
    """The index at each place, or at a batch of places, of `count` in the order of an epoch."""
    key = tf.stack([tf.constant(seed, tf.int64), epoch])
    if balance is not None:
        order = balanced_order(tf.constant(balance), key)
        return places.map(lambda place: tf.gather(order, place), tf.data.AUTOTUNE)
    last = tf.constant(count - 1, tf.int64)
    return places.map(
        lambda place: tf.random.experimental.index_shuffle(place, key, last), tf.data.AUTOTUNE
    )
