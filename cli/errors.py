"""How a command ends that cannot go on; a bug still shows its traceback.

Exit codes: 1, the run failed (it diverged, the disk is full); 2, wrong input; 128 and
the number of the signal, the run was stopped.
"""

import contextlib
from collections.abc import Callable, Iterator

import click

from cmd_keras.errors import InputError, RunError
from cmd_keras.printable import printable

from .notices import notices_in_one_line
from .option_names import as_options


class _Message(click.ClickException):
    """A message in which names of files may stand, whatever is in them."""

    def format_message(self) -> str:
        """What is printed after `Error:`."""
        return printable(self.message)


class WrongInput(_Message):
    """Something the user gave cannot be used."""

    exit_code = 2


class Failed(_Message):
    """A run could not go on."""

    exit_code = 1


@contextlib.contextmanager
def wrong_input_in_one_line() -> Iterator[None]:
    """Turn `InputError`, and what the file system refuses, into a message; show notices."""
    try:
        with notices_in_one_line():
            yield
    except InputError as error:
        raise WrongInput(as_options(str(error))) from None
    except RunError as error:
        raise Failed(as_options(str(error))) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise WrongInput(f"Cannot read or write{where}: {error.strerror or error}.") from None


@contextlib.contextmanager
def stopped_in_one_line(advice: Callable[[], str]) -> Iterator[None]:
    """Turn Ctrl-C and a polite kill into a message and the usual exit code.

    Args:
        advice: Called when that happens; returns what is kept and how to go on.
    """
    from cmd_keras.run.epochs.stop_signals import Stopped, stoppable

    try:
        with stoppable():
            yield
    except Stopped as stopped:
        click.echo(f"\nStopped by {stopped.signal.name}. {printable(advice())}", err=True)
        raise SystemExit(128 + stopped.signal) from None
