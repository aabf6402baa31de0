"""The one exception that means: the input is wrong, not the program."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message names what was given, what was expected and how to fix it; the
    command line prints it without a traceback.
    """
