"""What a user should know of the data that were read, though it stops nothing."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any


class Notice(UserWarning):
    """Something about the data that was passed over, joined or taken to mean this and not that."""


def notice(message: str) -> None:
    """Say something that does not stop the reading of data.

    In Python it is an ordinary warning, which can be caught, or made an error of; on
    the command line it is one line on standard error that begins with "Note: ".

    Args:
        message: One sentence or two, on one line: what was given, what was made of it,
            and how to have it otherwise.
    """
    caller = inspect.currentframe().f_back
    # `warnings.warn` would show a sentence once for each line of code; this one is said again
    # whenever data are read.
    warnings.warn_explicit(message, Notice, caller.f_code.co_filename, caller.f_lineno)


@contextlib.contextmanager
def notices_to(listener: Callable[[str], object]) -> Iterator[None]:
    """While this block runs, notices are not shown; other warnings are what they were.

    Args:
        listener: Is called with each of them.
    """
    with warnings.catch_warnings():
        as_before = warnings.showwarning

        def show(message: Warning, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, Notice):
                listener(str(message))
            else:
                as_before(message, category, *where, **more)

        warnings.showwarning = show
        yield
