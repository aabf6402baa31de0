"""How what should be known of the data is shown: a line each, without file and line of code."""

import contextlib
from collections.abc import Iterator

import click

from cmd_keras.notice import notices_to
from cmd_keras.printable import printable

from .option_names import as_options


@contextlib.contextmanager
def notices_in_one_line() -> Iterator[None]:
    """Print each `Notice` once, a line on standard error; other warnings stay what they are."""
    said = set()

    def show(message: str) -> None:
        # A command may read the same data for more than one purpose.
        if message not in said:
            said.add(message)
            click.echo(f"Note: {printable(as_options(message))}", err=True)

    with notices_to(show):
        yield
