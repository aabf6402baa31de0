"""The ranges in which the paper's constants make sense, checked in one place."""

import math


def unit_interval(name: str, value: float) -> None:
    """Require `0 <= value <= 1`.

    Raises:
        ValueError: naming the constant, what was given and the allowed range.
    """
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must lie in [0, 1], received {name}={value}.")


def finite(name: str, value: float) -> None:
    """Require a finite number.

    Raises:
        ValueError: naming the constant and what was given.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, received {name}={value}.")


def selection_scale(eta: float) -> None:
    """Require an `eta` that eq. 12 can divide by: any number but 0 and NaN.

    Raises:
        ValueError: naming the three kinds of `eta` and what each selects.
    """
    if eta == 0 or math.isnan(eta):
        raise ValueError(
            f"eta divides H(u) in eq. 12 and cannot be {eta}. Use 0 < eta <= 1 to distil "
            "(nearly) all knowledge, eta > 1 to distil confident knowledge, eta < 0 or "
            "infinity to distil none."
        )


def class_count(num_classes: int) -> None:
    """Require two classes or more.

    Raises:
        ValueError: if there is one class or none, where H(u) = log C is 0 and
            no certainty can be measured.
    """
    if num_classes < 2:
        raise ValueError(
            f"At least 2 classes are needed, received num_classes={num_classes}: with one "
            "class H(u) = log C = 0 and confidence 1 - H(p)/H(u) is undefined."
        )
