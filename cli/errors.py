"""Wrong input ends in one line and exit code 2; a bug still shows its traceback."""

import contextlib
from collections.abc import Iterator

import click


class WrongInput(click.ClickException):
    """Something the user gave cannot be used."""

    exit_code = 2


@contextlib.contextmanager
def wrong_input_in_one_line() -> Iterator[None]:
    """Turn `InputError`, and what the file system refuses, into a message."""
    from cmd_keras.errors import InputError

    try:
        yield
    except InputError as error:
        raise WrongInput(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise WrongInput(f"Cannot read or write{where}: {error.strerror or error}.") from None
