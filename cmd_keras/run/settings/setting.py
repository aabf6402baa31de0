"""How one setting is declared: its default, what it may be, and what it decides."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any


def setting(
    default: Any = None,
    *,
    of: str | None = None,
    choices: tuple[str, ...] | None = None,
    valid: Callable[[Any], bool] | None = None,
    must: str | None = None,
) -> Any:
    """A field of the settings.

    Args:
        default: None is: as the recipe or the method has it.
        of: What it is an argument of: `"data"`, `cmd_keras.data.load`, or the
            `"optimizer"`; None is something of its own.
        choices: The names that it may be.
        valid: Whether a value of the right type can be used.
        must: What it must do, to stand between its name and what was received.
    """
    about = {"of": of, "choices": choices, "valid": valid, "must": must}
    return dataclasses.field(default=default, metadata=about)


def above_0(value: float) -> bool:
    """Whether it is finite and above 0."""
    return math.isfinite(value) and value > 0


def not_negative(value: float) -> bool:
    """Whether it is finite and at least 0."""
    return math.isfinite(value) and value >= 0


def a_count(value: int) -> bool:
    """Whether it lies in 1 … 1,000,000."""
    return 1 <= value <= 10**6


def increasing_fractions(values: tuple[float, ...]) -> bool:
    """Whether they lie in (0, 1], in increasing order."""
    return all(0 < value <= 1 for value in values) and list(values) == sorted(values)
