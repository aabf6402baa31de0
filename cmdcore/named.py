"""A value itself, or its name: how modes, columns of table 2 and methods are chosen."""

from collections.abc import Mapping
from typing import Any

from cmdcore.value import without_default


def value_of(
    argument: str, given: Any, kind: type, values: Mapping[str, type], such_as: str
) -> Any:
    """What is given itself, or the named value with its default constants.

    Args:
        argument: What it is called where it is given.
        given: Of this kind, or a name in `values`.
        kind: The class of them all.
        values: The classes that have a name.
        such_as: One of them, as it is written.

    Raises:
        ValueError: for anything else, or a name whose constants have to be given.

    Example:
        >>> cmdcore.named.value_of("mode", "zero", cmdcore.Mode, cmdcore.modes.MODES, "Zero()")
        Zero()
    """
    if isinstance(given, str) and given in values:
        if needs := without_default(values[given]):
            constants = ", ".join(f"{name}=..." for name in needs)
            raise ValueError(
                f"{argument}={given!r} needs {' and '.join(needs)}. Give the value itself: "
                f"{values[given].__name__}({constants})."
            )
        return values[given]()
    if isinstance(given, kind):
        return given
    raise ValueError(
        f"{argument} must be one of {', '.join(map(repr, values))} or a {kind.__name__} such as "
        f"{such_as}, received {given!r}."
    )
