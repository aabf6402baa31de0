"""A path as users write it: `~` is their home."""

import os
from pathlib import Path

from cmd_keras.errors import InputError


def user_path(path: str | os.PathLike) -> Path:
    """The path; a shell leaves the `~` of `--output=~/runs` as it is.

    Raises:
        InputError: if it begins with `~` and the name of nobody.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise InputError(
            f"{path} begins with the home of a user whom nobody knows. Write ./{path} for a file "
            "or folder of this name, or where it is to be."
        ) from None
