"""Settings that are one of some names."""

from collections.abc import Collection

from cmd_keras.errors import InputError, did_you_mean


def check_choice(setting: str, name: str, choices: Collection[str]) -> None:
    """Require one of the names that a setting may be.

    Raises:
        InputError: naming all of them, and the nearest.
    """
    if name not in choices:
        hint = did_you_mean(name, choices)
        raise InputError(f"Unknown {setting} {name!r}.{hint} Known: {', '.join(choices)}.")
