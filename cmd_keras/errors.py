"""What can go wrong that is no bug, each with a message for the user."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message names what was given, what was expected and how to fix it; the
    command line prints it without a traceback and ends with exit code 2.
    """


class RunError(RuntimeError):
    """A run could not go on: training diverged, or its folder cannot be written.

    Everything finished so far is kept. The message says what happened, what is kept
    and what to do; the command line prints it and ends with exit code 1.
    """


class DivergenceError(RunError):
    """A loss became no number. Going on would not mend it; other settings may."""


def words(error: BaseException) -> str:
    """What an exception says; its class where it says nothing."""
    return str(error).strip() or type(error).__name__


def first_line(error: BaseException) -> str:
    """What an exception says, up to its first line break; its class where it says nothing."""
    return words(error).splitlines()[0]


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> str:
    """A question with a space before it, to follow a sentence about an unknown name, or nothing.

    Args:
        name: What was given.
        known: What there is.
        most: How many of the nearest names are asked about at most.
    """
    near = difflib.get_close_matches(str(name), list(known), n=most)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
