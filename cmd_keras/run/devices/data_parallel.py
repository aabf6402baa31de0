"""Several processes, on one host or many: `keras.distribution` on the JAX backend."""

import atexit
import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np

from cmd_keras.data import Dataset
from cmd_keras.data.shard import Shard
from cmd_keras.errors import InputError, RunError
from cmd_keras.run.devices import processes
from cmd_keras.run.devices.same_everywhere import of_first, other_than_first, require_same
from cmd_keras.run.devices.sharded_dataset import ShardedDataset
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.epochs.stop_signals import cause_of
from cmd_keras.user_path import user_path


class DataParallel(Strategy):
    """Both peers on every device of every process; each batch is shared out.

    All processes compute the same weights. The first one prints and writes the run
    folder; the others keep what they would write in a temporary folder of their own.
    The run follows that of one device with the same batch size.

    `DataParallel.from_environment` makes one.
    """

    def __init__(self) -> None:
        self._distribution = keras.distribution.DataParallel(auto_shard_dataset=False)
        self.devices = self._distribution.device_mesh.devices.size
        self.first = jax.process_index() == 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "DataParallel":
        """Meet the other processes, if there are any.

        Args:
            environment: `KERAS_DISTRIBUTION_JOB_ADDRESSES`,
                `KERAS_DISTRIBUTION_NUM_PROCESSES` and `KERAS_DISTRIBUTION_PROCESS_ID`,
                as `keras.distribution.initialize` takes them, or none of them.

        Raises:
            InputError: if they are incomplete or contradict each other.
            RunError: if not all processes are there within two minutes.
        """
        if place := processes.place(environment):
            processes.meet(*place)
        return cls()

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Variables that belong to the run are created in this context.

        Raises:
            InputError: if they begin with other values on another process.
        """
        try:
            with self._distribution.scope():
                yield
        except AssertionError as error:
            # JAX compares what is to be one array.
            if "not the same on each process" not in str(error):
                raise
            raise InputError(
                "The peers would not begin with the same weights on all processes. Give all "
                "processes the same version of the software and of your own network or its file."
            ) from error

    @contextlib.contextmanager
    def folder(self, path: str | os.PathLike) -> Iterator[str | os.PathLike]:
        """The run folder on the first process, a temporary one on the others."""
        if self.first:
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="cmd-keras-") as own:
            processes.temporary_folders.append(own)
            yield Path(own) / "run"

    @contextlib.contextmanager
    def resumed_folder(self, path: str | os.PathLike) -> Iterator[str | os.PathLike]:
        """The run folder on the first process; its content, copied, on the others."""
        with self.folder(path) as own:
            for name, content in of_first(_state(user_path(path)) if self.first else {}).items():
                if not self.first:
                    target = Path(own) / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            yield own

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """While this block runs, a process that falls away ends the run with a word.

        One that is stopped, or fails, in this block ends without waiting for the others.

        Raises:
            RunError: if another one falls away.
        """
        try:
            yield
        except BaseException as error:
            if jax.process_count() == 1:
                raise
            ended_by = cause_of(error)
            if processes.tells_of_loss(ended_by):
                atexit.register(processes.leave)
                raise RunError(processes.LOST) from error
            # At the end of Python JAX would wait for the others, who wait for this one.
            atexit.register(processes.leave, processes.exit_code(ended_by), processes.GRACE)
            raise

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Require that all processes were given the same options.

        Args:
            options: By name; values that JSON can hold.

        Raises:
            InputError: if they were not, with the names of those that differ.
        """
        require_same(
            {name: json.dumps(value, sort_keys=True).encode() for name, value in options.items()}
        )

    def check_weights(self, distiller: keras.Model) -> None:
        """Require that all processes ended with the same weights, to the last bit.

        In the course of a run JAX takes them for the same and does not look.

        Raises:
            RunError: if they do not.
        """
        weights = (keras.ops.convert_to_numpy(variable) for variable in distiller.variables)
        if other := other_than_first({"weights": b"".join(w.tobytes() for w in weights)}):
            raise RunError(
                f"Process {other[0]} ended with other weights than process 0. Their software or "
                "their processors compute differently: give them the same, and train again."
            )

    def distribute(self, dataset: Dataset) -> Dataset:
        """The data set, with batches that are spread over all devices.

        Raises:
            InputError: if the processes have different labels.
        """
        parts = (dataset.given_labels, dataset.clean_labels, dataset.test_labels)
        require_same({"labels": b"".join(part.astype(np.int64).tobytes() for part in parts)})
        shard = Shard(jax.process_index(), jax.process_count(), self.devices)
        return ShardedDataset(dataset, shard, self._distribution.device_mesh.backend_mesh)

    def check_batch_size(self, batch_size: int) -> None:
        """Require that a batch divides evenly over the devices.

        Raises:
            InputError: if it does not.
        """
        if batch_size % self.devices:
            # Not more, which there may not be.
            near = max(1, batch_size // self.devices) * self.devices
            raise InputError(
                f"batch_size must be a multiple of the {self.devices} devices of this run, "
                f"and is {batch_size}: what was given or the recipe says, and no more than there "
                f"are training examples. Choose {near}, for instance."
            )


def _state(run: Path) -> dict[str, bytes]:
    """What a run is taken up from."""
    names = ("config.json", "labels.csv", "metrics.json", "peer_*.keras", "checkpoints/*.npz")
    files = [path for name in names for path in sorted(run.glob(name))]
    return {str(path.relative_to(run)): path.read_bytes() for path in files}
