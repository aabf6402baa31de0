"""Ctrl-C and a polite kill end a run between two instructions, with a word about it."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class Stopped(BaseException):
    """The process was asked to stop.

    Not an `Exception`, so that no library mistakes it for a failure of its own.

    Args:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


_asked: list[int] = []


def stop_if_asked() -> None:
    """Raise `Stopped` again, if it was raised where a library swallowed it.

    A signal arrives between any two instructions, some of them in code that goes on
    whatever is raised.
    """
    if (number := asked()) is not None:
        raise Stopped(number)


def asked() -> signal.Signals | None:
    """The signal that this process was asked to stop by, if it was."""
    return signal.Signals(_asked[-1]) if _asked else None


def cause_of(error: BaseException) -> BaseException:
    """What ended a run: `Stopped` if the process was asked to stop, or else `error` itself.

    Libraries leave things in order while `Stopped` passes through them. Where a signal has
    interrupted them at a bad moment that fails, and what fails takes the place of `Stopped`:
    Keras on JAX, for one, reads weights in the end that a step may have given away.
    """
    number = asked()
    return error if number is None or isinstance(error, Stopped) else Stopped(number)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into `Stopped` while the block runs.

    The first one is given time to leave things in order; a second one ends the process
    at once. Outside the main thread, where Python takes no signals, nothing changes.

    Raises:
        Stopped: if a signal has arrived and anything is raised, whatever it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        _asked.append(number)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except BaseException as error:
        if (cause := cause_of(error)) is error:
            raise
        raise cause from error
    finally:
        _asked.clear()
        for number, handler in before.items():
            signal.signal(number, handler)
