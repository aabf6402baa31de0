"""Batches spread over the devices of several processes, for JAX."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data import Dataset


class GlobalBatches(keras.utils.PyDataset):
    """A `tf.data.Dataset` whose batches become arrays over all devices.

    They are read in order; asking for the first starts anew.

    Args:
        batches: The same on every process, of known length.
        place: Makes a global array of a batch.
    """

    def __init__(self, batches: tf.data.Dataset, place: Callable[[np.ndarray], jax.Array]) -> None:
        super().__init__()
        self._batches = batches
        self._place = place

    def __len__(self) -> int:
        return int(self._batches.cardinality())

    def __getitem__(self, index: int) -> tuple[jax.Array, ...]:
        if index == 0:
            self._iterator = self._batches.as_numpy_iterator()
        batch = next(self._iterator)
        return tuple(map(self._place, batch if isinstance(batch, tuple) else (batch,)))


@dataclasses.dataclass(frozen=True)
class ShardedDataset(Dataset):
    """A data set that hands out its batches as arrays over all devices.

    Each device holds an equal part of a batch. A batch that does not divide evenly, as
    the last one of an epoch may not, is held whole by all of them, and so are inputs to
    predict: nothing is padded or dropped, and the numbers are those of one device.

    Args:
        mesh: All devices, in the order of the processes.
    """

    mesh: jax.sharding.Mesh | None = None

    def train_batches(self, *args: Any, **kwargs: Any) -> GlobalBatches:
        """As `Dataset.train_batches`."""
        return GlobalBatches(super().train_batches(*args, **kwargs), self._spread)

    def validation_batches(self, *args: Any, **kwargs: Any) -> GlobalBatches:
        """As `Dataset.validation_batches`."""
        return GlobalBatches(super().validation_batches(*args, **kwargs), self._spread)

    def test_batches(self, *args: Any, **kwargs: Any) -> GlobalBatches:
        """As `Dataset.test_batches`."""
        return GlobalBatches(super().test_batches(*args, **kwargs), self._spread)

    def plain_train_batches(self, *args: Any, **kwargs: Any) -> GlobalBatches:
        """As `Dataset.plain_train_batches`."""
        # Whole on every process, because each needs all predictions.
        return GlobalBatches(super().plain_train_batches(*args, **kwargs), self._repeat)

    def _spread(self, batch: np.ndarray) -> jax.Array:
        if len(batch) % self.mesh.size:
            return self._repeat(batch)
        share = len(batch) // jax.process_count()
        first = share * jax.process_index()
        return self._array(batch[first : first + share], *self.mesh.axis_names)

    def _repeat(self, batch: np.ndarray) -> jax.Array:
        return self._array(batch)

    def _array(self, batch: np.ndarray, *axes: str) -> jax.Array:
        layout = jax.sharding.NamedSharding(self.mesh, jax.sharding.PartitionSpec(*axes))
        return jax.make_array_from_process_local_data(layout, batch)
