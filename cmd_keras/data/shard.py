"""Which examples of each batch one of several processes reads."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Shard:
    """An equal part of every batch; everything, if there is one process.

    Parts follow each other in the order of the processes. A batch that does not divide
    evenly over all devices, as the last one of an epoch may not, is read whole by every
    process.

    Args:
        number: Of this process, from 0.
        of: How many processes there are.
        devices: How many devices they have together, the same number each.
    """

    number: int = 0
    of: int = 1
    devices: int = 1

    def divides(self, size: int) -> bool:
        """Whether a batch of this size is divided among the processes."""
        return size % self.devices == 0

    def batch_size(self, batch_size: int) -> int:
        """Examples that this process reads of a batch of `batch_size`."""
        return batch_size // self.of if self.divides(batch_size) else batch_size

    def pieces(self, size: int, batch_size: int) -> int:
        """In how many batches of its own this process reads one of `size` examples.

        Args:
            size: Of this batch.
            batch_size: Of all but the last one. That one may have to be read whole, and
                be more than this process otherwise reads at a time.
        """
        return -(-self.batch_size(size) // self.batch_size(batch_size))

    def batches(self, count: int, batch_size: int) -> int:
        """How many batches this process reads.

        Args:
            count: How many examples there are, of all processes.
            batch_size: How many make a batch, of all processes.
        """
        whole, rest = divmod(count, batch_size)
        return whole + self.pieces(rest, batch_size)

    def keep(self, count: int, batch_size: int) -> Callable[[tf.Tensor], tf.Tensor] | None:
        """Whether this process reads the example at a place in the order, by its number.

        Args:
            count: How many examples there are.
            batch_size: How many follow each other in a batch.

        Returns:
            From an int64 scalar to a bool scalar; None keeps all.
        """
        if self.of == 1:
            return None

        def reads(place: tf.Tensor) -> tf.Tensor:
            within = place % batch_size
            size = tf.minimum(tf.constant(batch_size, tf.int64), count - (place - within))
            part = tf.maximum(size // self.of, 1)
            return (size % self.devices != 0) | (within // part == self.number)

        return reads


WHOLE = Shard()
