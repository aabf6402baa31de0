"""Several GPUs of one host: `tf.distribute.MirroredStrategy`."""

import contextlib
import functools
from collections.abc import Iterator

import tensorflow as tf

from cmd_keras.run.devices.strategy import Strategy


class Mirrored(Strategy):
    """Both peers on every device; each batch is shared out, gradients are added up.

    The run follows that of one device with the same batch size: losses, batch
    statistics, r and chi are those of the whole batch. Only random layers differ: the
    replicas draw the same numbers, each for its own share.

    Args:
        names: Of the devices, as `devices` returns them.
    """

    def __init__(self, names: list[str]) -> None:
        self._strategy = _strategy(tuple(names))
        self.devices = self.parts = self._strategy.num_replicas_in_sync

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Variables that belong to the run are created in this context."""
        with self._strategy.scope():
            yield


def devices(kind: str) -> list[str]:
    """The names of the devices of this kind, `"GPU"` or `"CPU"`."""
    return [device.name for device in tf.config.list_logical_devices(kind)]


# One for all runs of a process: a second one on the same devices would number its
# exchanges as the first did, and TensorFlow would mix them up.
@functools.cache
def _strategy(names: tuple[str, ...]) -> tf.distribute.Strategy:
    return tf.distribute.MirroredStrategy(list(names))
