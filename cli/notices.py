"""How what should be known of the data is shown: a line each, without file and line of code."""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import click

from cmd_keras.printable import printable

from .option_names import as_options


@contextlib.contextmanager
def notices_in_one_line() -> Iterator[None]:
    """Print each `Notice` once, a line on standard error; other warnings stay what they are."""
    said = set()
    with warnings.catch_warnings():
        as_before = warnings.showwarning

        def show(message: Warning, category: type[Warning], *where: Any, **more: Any) -> None:
            # Not imported here: it would bring TensorFlow, and is there once there is a notice.
            module = sys.modules.get("cmd_keras.data.notice")
            if module is not None and issubclass(category, module.Notice):
                # A command may read the same data for more than one purpose.
                if str(message) not in said:
                    said.add(str(message))
                    click.echo(f"Note: {printable(as_options(str(message)))}", err=True)
            else:
                as_before(message, category, *where, **more)

        warnings.showwarning = show
        yield
