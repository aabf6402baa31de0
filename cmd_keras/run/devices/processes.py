"""How the processes of a run meet, miss each other, and part."""

import atexit
import ctypes
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping

import jax

from cmd_keras.errors import InputError, RunError, first_line
from cmd_keras.run.epochs.stop_signals import Stopped, asked

_ADDRESSES = "KERAS_DISTRIBUTION_JOB_ADDRESSES"
_COUNT = "KERAS_DISTRIBUTION_NUM_PROCESSES"
_NUMBER = "KERAS_DISTRIBUTION_PROCESS_ID"

# How long to wait for all processes to start, in seconds.
_START = 120
# A process that has not been heard of for so long is lost.
_SILENCE = 20
# One that has failed gives the others, who may have failed alike, so long to say it themselves.
GRACE = 2
# The others wait in the end for the first one, which may have much to write.
_PARTING = 3600
LOST = (
    "Another process of this run has ended, or cannot be reached any more. The epochs that are "
    "finished are kept: start all processes again, and resume the run in its folder."
)
_LOST_WORDS = ("gloo", "nccl", "unavailable", "connection reset", "heartbeat", "coordination")

_kept_handlers = []
# Nothing unwinds where JAX aborts the process.
temporary_folders = []


def place(environment: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Address of the first process, number of processes, number of this one.

    Args:
        environment: As `DataParallel.from_environment` takes it.

    Returns:
        None if there is one process.

    Raises:
        InputError: if the three are incomplete or contradict each other.
    """
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


def meet(address: str, count: int, number: int) -> None:
    """Wait for the other processes.

    Args:
        address: Of the first one, HOST:PORT.
        count: How many there are.
        number: Of this one, from 0.

    Raises:
        RunError: if not all of them are there within two minutes.
    """
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
        atexit.register(leave)
        raise RunError(f"{apart}: {first_line(error)[:200]}") from None
    _say_on_abort(LOST)


def _say_on_abort(problem: str) -> None:
    """Where it misses another process, JAX aborts this one with a page of addresses.

    It does so in a thread of its own, where Python hears of no signal, and offers no
    other way to be told. The page is followed by this line.
    """

    def say(_: int) -> None:
        # It may be on its way out already, and slower than the others.
        stopped = asked()
        print(f"Stopped by {stopped.name}." if stopped else f"Error: {problem}", file=sys.stderr)
        leave(128 + stopped if stopped else 1)

    if os.name == "posix":
        handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(say)
        # The system is given its address, so it has to stay.
        _kept_handlers.append(handler)
        ctypes.CDLL(None).signal(int(signal.SIGABRT), handler)


def tells_of_loss(error: BaseException) -> bool:
    """Whether this is how a lost connection to another process shows."""
    # Nothing but the text tells a lost connection from another failure.
    words = str(error).lower()
    known = isinstance(error, (InputError, RunError))
    unknown = isinstance(error, (ValueError, RuntimeError)) and not known
    return unknown and any(word in words for word in _LOST_WORDS)


def exit_code(error: BaseException) -> int:
    """The code that the command line would end with."""
    if isinstance(error, Stopped):
        return 128 + error.signal
    return 2 if isinstance(error, InputError) else 1


def leave(code: int = 1, grace: float = 0.0) -> None:
    """End this process at once, after `grace` seconds; the temporary folders are removed."""
    time.sleep(grace)
    for folder in temporary_folders:
        shutil.rmtree(folder, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
