"""Whether what is asked for is what was begun."""

from typing import Any

from cmd_keras.errors import InputError


def check_same(what: str, begun: dict[str, Any], given: dict[str, Any], remedy: str) -> None:
    """Require the same values.

    Args:
        what: Was begun: how the sentence begins.
        begun: Its values, by name.
        given: What they would have to be.
        remedy: How the sentence ends.

    Raises:
        InputError: naming the first one that differs.
    """
    for name in {**begun, **given}:
        was, now = begun.get(name), given.get(name)
        if was != now:
            raise InputError(f"{what}: its {name} is {was}, and {now} was given. {remedy}")
