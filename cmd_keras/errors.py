"""What can go wrong that is no bug, each with a message for the user."""


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
