"""Several processes, on one host or many: `keras.distribution` on the JAX backend."""

import atexit
import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np
from jax.experimental import multihost_utils

from cmd_keras.data import Dataset
from cmd_keras.data.shard import Shard
from cmd_keras.errors import InputError, RunError, first_line
from cmd_keras.run.sharded_dataset import ShardedDataset
from cmd_keras.run.stop_signals import Stopped
from cmd_keras.run.strategy import OneDevice

_ADDRESSES = "KERAS_DISTRIBUTION_JOB_ADDRESSES"
_COUNT = "KERAS_DISTRIBUTION_NUM_PROCESSES"
_NUMBER = "KERAS_DISTRIBUTION_PROCESS_ID"

# How long to wait for all processes to start, in seconds.
_START = 120
# A process that has not been heard of for so long is lost.
_SILENCE = 20
# One that has failed gives the others, who may have failed alike, so long to say it themselves.
_GRACE = 2
# The others wait in the end for the first one, which may have much to write.
_PARTING = 3600
# So many bytes are sent at once: JAX holds four for each of them, and a copy a process.
_PIECE = 2**26
_LOST = (
    "Another process of this run has ended, or cannot be reached any more. The epochs that are "
    "finished are kept: start all processes again, with --resume and the run folder."
)
_LOST_WORDS = ("gloo", "nccl", "unavailable", "connection reset", "heartbeat", "coordination")

_kept_handlers = []
_temporary_folders = []


class DataParallel(OneDevice):
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
        if place := _place(environment):
            _meet(*place)
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
            _temporary_folders.append(own)
            yield Path(own) / "run"

    @contextlib.contextmanager
    def resumed_folder(self, path: str | os.PathLike) -> Iterator[str | os.PathLike]:
        """The run folder on the first process; its content, copied, on the others."""
        with self.folder(path) as own:
            for name, content in _of_first(_state(Path(path)) if self.first else {}).items():
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
            if _tells_of_loss(error):
                atexit.register(_leave)
                raise RunError(_LOST) from error
            # At the end of Python JAX would wait for the others, who wait for this one.
            atexit.register(_leave, _exit_code(error), _GRACE)
            raise

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Require that all processes were given the same options.

        Args:
            options: By name; values that JSON can hold.

        Raises:
            InputError: if they were not, with the names of those that differ.
        """
        _require_same(
            {name: json.dumps(value, sort_keys=True).encode() for name, value in options.items()}
        )

    def check_weights(self, distiller: keras.Model) -> None:
        """Require that all processes ended with the same weights, to the last bit.

        In the course of a run JAX takes them for the same and does not look.

        Raises:
            RunError: if they do not.
        """
        weights = (keras.ops.convert_to_numpy(variable) for variable in distiller.variables)
        if other := _other_than_first({"weights": b"".join(w.tobytes() for w in weights)}):
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
        _require_same({"labels": b"".join(part.astype(np.int64).tobytes() for part in parts)})
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
                f"and is {batch_size}: what --batch-size, the file of --config or the recipe says, "
                "and no more than there are training examples. Use --batch-size "
                f"{near}, for instance."
            )


def _require_same(content: Mapping[str, bytes]) -> None:
    if other := _other_than_first(content):
        number, names = other
        raise InputError(
            f"Process {number} has other {' and '.join(names)} than process 0. Give all "
            "processes the same options and the same data."
        )


def _other_than_first(content: Mapping[str, bytes]) -> tuple[int, list[str]] | None:
    """The first process on which something is not as on process 0, and what."""
    digests = [hashlib.sha256(value).digest() for value in content.values()]
    own = np.frombuffer(b"".join(digests), np.uint8).astype(np.int32)
    everywhere = multihost_utils.process_allgather(own)
    everywhere = everywhere.reshape(jax.process_count(), len(content), -1)
    for number, others in enumerate(everywhere):
        same = (others == everywhere[0]).all(axis=-1)
        if not same.all():
            return number, [name for name, agrees in zip(content, same, strict=True) if not agrees]
    return None


def _place(environment: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Address of the first process, number of processes, number of this one."""
    given = [name for name in (_ADDRESSES, _COUNT, _NUMBER) if environment.get(name)]
    if not given:
        return None
    if missing := [name for name in (_ADDRESSES, _COUNT, _NUMBER) if name not in given]:
        raise InputError(
            f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} set, but not "
            f"{' and '.join(missing)}. Several processes need all three, one process none."
        )
    addresses = environment[_ADDRESSES].split(",")
    count, number = (_whole_number(environment, name) for name in (_COUNT, _NUMBER))
    if len(addresses) not in (1, count):
        raise InputError(
            f"{_ADDRESSES} names {len(addresses)} processes, but {_COUNT} is {count}. Name the "
            "first alone, or all."
        )
    if not 0 <= number < count:
        raise InputError(
            f"{_NUMBER} must lie in 0 … {count - 1} for {_COUNT}={count}, received {number}."
        )
    host, _, port = addresses[0].rpartition(":")
    if not host or not port.isdecimal():
        raise InputError(
            f"{_ADDRESSES} must begin with HOST:PORT of process 0, received {addresses[0]!r}."
        )
    return addresses[0], count, number


def _whole_number(environment: Mapping[str, str], name: str) -> int:
    try:
        return int(environment[name])
    except ValueError:
        raise InputError(f"{name} must be a number, received {environment[name]!r}.") from None


def _meet(address: str, count: int, number: int) -> None:
    apart = f"Process {number} of {count} could not meet the others at {address}"
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    # It would take SIGTERM for itself, and training would not stop.
    jax.config.update("jax_enable_preemption_service", False)
    _say_on_abort(f"{apart} within {_START} seconds. Start all of them, with the same address.")
    try:
        jax.distributed.initialize(
            address,
            count,
            number,
            initialization_timeout=_START,
            heartbeat_timeout_seconds=_SILENCE,
            shutdown_timeout_seconds=_PARTING,
        )
    except RuntimeError as error:
        atexit.register(_leave)
        raise RunError(f"{apart}: {first_line(error)[:200]}") from None
    _say_on_abort(_LOST)


def _say_on_abort(problem: str) -> None:
    """Where it misses another process, JAX aborts this one with a page of addresses.

    It does so in a thread of its own, where Python hears of no signal, and offers no
    other way to be told. The page is followed by this line.
    """

    def say(_: int) -> None:
        print(f"Error: {problem}", file=sys.stderr)
        _leave()

    if os.name == "posix":
        handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(say)
        # The system is given its address, so it has to stay.
        _kept_handlers.append(handler)
        ctypes.CDLL(None).signal(int(signal.SIGABRT), handler)


def _tells_of_loss(error: BaseException) -> bool:
    # Nothing but the text tells a lost connection from another failure.
    words = str(error).lower()
    known = isinstance(error, (InputError, RunError))
    unknown = isinstance(error, (ValueError, RuntimeError)) and not known
    return unknown and any(word in words for word in _LOST_WORDS)


def _exit_code(error: BaseException) -> int:
    if isinstance(error, Stopped):
        return 128 + error.signal
    return 2 if isinstance(error, InputError) else 1


def _leave(code: int = 1, grace: float = 0.0) -> None:
    time.sleep(grace)
    # Nothing unwinds where JAX aborts the process.
    for folder in _temporary_folders:
        shutil.rmtree(folder, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _state(run: Path) -> dict[str, bytes]:
    """What a run is taken up from."""
    names = ("config.json", "labels.csv", "metrics.json", "peer_*.keras", "checkpoints/*.npz")
    files = [path for name in names for path in sorted(run.glob(name))]
    return {str(path.relative_to(run)): path.read_bytes() for path in files}


def _of_first(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files that the first process has, on every process."""
    listing = "\n".join(f"{len(content)} {name}" for name, content in files.items())
    parts = [line.split(" ", 1) for line in _bytes_of_first(listing.encode()).decode().splitlines()]
    content = _bytes_of_first(b"".join(files.values()))
    found, begin = {}, 0
    for size, name in parts:
        found[name] = content[begin : begin + int(size)]
        begin += int(size)
    return found


def _bytes_of_first(content: bytes) -> bytes:
    """The content that the first process has, on every process; of the others it is not read."""
    size = _number_of_first(len(content))
    own = np.frombuffer(content, np.uint8) if jax.process_index() == 0 else None
    pieces = []
    for begin in range(0, size, _PIECE):
        piece = np.zeros(min(_PIECE, size - begin), np.uint8)
        if own is not None:
            piece[:] = own[begin : begin + len(piece)]
        pieces.append(_broadcast(piece))
    return b"".join(pieces)


def _number_of_first(number: int) -> int:
    # As bytes, because JAX makes 32 bits of every whole number.
    return int.from_bytes(
        _broadcast(np.frombuffer(number.to_bytes(8, "little"), np.uint8)), "little"
    )


def _broadcast(values: np.ndarray) -> bytes:
    return multihost_utils.broadcast_one_to_all(values).astype(np.uint8).tobytes()
