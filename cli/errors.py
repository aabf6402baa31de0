"""Wrong input ends in one line and exit code 2; a bug still shows its traceback."""

import contextlib
from collections.abc import Iterator

import click


class WrongInput(click.ClickException):
    """Something the user gave cannot be used."""

    exit_code = 2


@contextlib.contextmanager
def wrong_input_in_one_line() -> Iterator[None]:
    """Turn `cmd_keras.errors.InputError` into a message without traceback."""
    from cmd_keras.errors import InputError

    try:
        yield
    except InputError as error:
        raise WrongInput(str(error)) from None
