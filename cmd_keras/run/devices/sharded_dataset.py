"""Batches spread over the devices of several processes, for JAX."""

from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data import Dataset
from cmd_keras.data.inputs import Inputs
from cmd_keras.data.shard import WHOLE, Shard


class GlobalBatches(keras.utils.PyDataset):
    """What each process reads of its own, put together to arrays over all devices.

    Batches are read in order; asking for the first starts anew.

    Args:
        own: What this process reads.
        shard: How that is a part of the whole.
        count: How many examples there are, of all processes.
        batch_size: How many make a batch, of all processes.
        passes: How often all are read, one pass after the other.
        place: Makes a global array of this process's part of a batch and the size of the
            batch.
    """

    def __init__(
        self,
        own: tf.data.Dataset,
        shard: Shard,
        count: int,
        batch_size: int,
        place: Callable[[np.ndarray, int], jax.Array],
        passes: int = 1,
    ) -> None:
        super().__init__()
        self._own = own
        self._shard = shard
        self._count = count
        self._batch_size = batch_size
        self._place = place
        self._passes = passes

    def __len__(self) -> int:
        return self._passes * self._batches_in_a_pass

    @property
    def _batches_in_a_pass(self) -> int:
        return -(-self._count // self._batch_size)

    def __getitem__(self, index: int) -> tuple[jax.Array, ...]:
        if index == 0:
            self._iterator = self._own.as_numpy_iterator()
        before = index % self._batches_in_a_pass * self._batch_size
        size = min(self._batch_size, self._count - before)
        pieces = [next(self._iterator) for _ in range(self._shard.pieces(size, self._batch_size))]
        pieces = [piece if isinstance(piece, tuple) else (piece,) for piece in pieces]
        columns = map(np.concatenate, zip(*pieces, strict=True))
        return tuple(self._place(column, size) for column in columns)


class ShardedDataset:
    """A data set that hands out its batches as arrays over all devices.

    Each device holds an equal part of a batch, and each process reads only what its own
    devices hold. A batch that does not divide evenly, as the last one of an epoch may
    not, is held whole by all of them, and so are inputs to predict: nothing is padded or
    dropped, and the numbers are those of one device. All else is as the data set has it.

    Args:
        dataset: What is read.
        shard: What this process reads of each batch.
        mesh: All devices, in the order of the processes.
    """

    def __init__(self, dataset: Dataset, shard: Shard, mesh: jax.sharding.Mesh) -> None:
        self._dataset = dataset
        self._shard = shard
        self._mesh = mesh

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dataset, name)

    def train_batches(
        self,
        batch_size: int = 128,
        epochs: int = 1,
        seed: int = 0,
        initial_epoch: int = 0,
        labels: np.ndarray | None = None,
        balanced: bool = False,
    ) -> GlobalBatches:
        """As `Dataset.train_batches`."""
        own = self._dataset.train_batches(
            batch_size, epochs, seed, initial_epoch, self._shard, labels, balanced
        )
        passes = max(0, epochs - initial_epoch)
        return self._over_all(own, len(self.train), batch_size, passes)

    def validation_batches(self, batch_size: int = 256) -> GlobalBatches:
        """As `Dataset.validation_batches`."""
        own = self._dataset.validation_batches(batch_size, self._shard)
        return self._over_all(own, len(self.validation), batch_size)

    def test_batches(self, batch_size: int = 256) -> GlobalBatches:
        """As `Dataset.test_batches`."""
        own = self._dataset.test_batches(batch_size, self._shard)
        return self._over_all(own, len(self.test), batch_size)

    def plain_train_batches(
        self, batch_size: int = 256, indices: np.ndarray | None = None
    ) -> GlobalBatches:
        """As `Dataset.plain_train_batches`."""
        own = self._dataset.plain_train_batches(batch_size, indices)
        count = len(self.train) if indices is None else len(np.unique(indices))
        return self._whole(own, count, batch_size)

    def plain_batches(self, inputs: Inputs, batch_size: int = 256) -> GlobalBatches:
        """As `Dataset.plain_batches`."""
        own = self._dataset.plain_batches(inputs, batch_size)
        return self._whole(own, len(inputs), batch_size)

    def _whole(self, own: tf.data.Dataset, count: int, batch_size: int) -> GlobalBatches:
        # On every process, because each needs all predictions.
        return GlobalBatches(own, WHOLE, count, batch_size, self._repeat)

    def _over_all(
        self, own: tf.data.Dataset, count: int, batch_size: int, passes: int = 1
    ) -> GlobalBatches:
        return GlobalBatches(own, self._shard, count, batch_size, self._spread, passes)

    def _spread(self, part: np.ndarray, size: int) -> jax.Array:
        if not self._shard.divides(size):
            return self._repeat(part, size)
        return self._array(part, *self._mesh.axis_names)

    def _repeat(self, batch: np.ndarray, size: int) -> jax.Array:
        return self._array(batch)

    def _array(self, own: np.ndarray, *axes: str) -> jax.Array:
        layout = jax.sharding.NamedSharding(self._mesh, jax.sharding.PartitionSpec(*axes))
        return jax.make_array_from_process_local_data(layout, own)
