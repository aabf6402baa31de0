"""The ranges in which the paper's constants make sense, checked in one place."""

import math


def unit_interval(name: str, value: float) -> None:
    """Require `0 <= value <= 1`.

    Raises:
        ValueError: naming the constant, what was given and the allowed range.

    Example:
        >>> cmdcore.ranges.unit_interval("epsilon", 1.5)
        Traceback (most recent call last):
        ValueError: epsilon must lie in [0, 1], received epsilon=1.5.
    """
    between(name, value, 0.0, 1.0)


def between(name: str, value: float, low: float, high: float) -> None:
    """Require `low <= value <= high`.

    Raises:
        ValueError: naming the constant, what was given and the allowed range.

    Example:
        >>> cmdcore.ranges.between("forget_e", 3.0, 0.0, 2.0)
        Traceback (most recent call last):
        ValueError: forget_e must lie in [0, 2], received forget_e=3.0.
    """
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in [{low:g}, {high:g}], received {name}={value}.")


def one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Require one of some names.

    Raises:
        ValueError: naming the argument, what was given and the names.

    Example:
        >>> cmdcore.ranges.one_of("clock", "day", ("epoch", "step"))
        Traceback (most recent call last):
        ValueError: clock must be one of 'epoch', 'step', received 'day'.
    """
    if value not in choices:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, choices))}, received {value!r}."
        )


def finite(name: str, value: float) -> None:
    """Require a finite number.

    Raises:
        ValueError: naming the constant and what was given.

    Example:
        >>> cmdcore.ranges.finite("b1", math.inf)
        Traceback (most recent call last):
        ValueError: b1 must be a finite number, received b1=inf.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, received {name}={value}.")


def selection_scale(eta: float) -> None:
    """Require an `eta` that eq. 12 can divide by: any number but 0 and NaN.

    Raises:
        ValueError: naming the three kinds of `eta` and what each selects.

    Example:
        >>> cmdcore.ranges.selection_scale(0.0)
        Traceback (most recent call last):
        ValueError: eta divides H(u) in eq. 12 and cannot be 0.0. Use 0 < eta <= 1 to ...
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

    Example:
        >>> cmdcore.ranges.class_count(1)
        Traceback (most recent call last):
        ValueError: At least 2 classes are needed, received num_classes=1: with one class ...
    """
    if num_classes < 2:
        raise ValueError(
            f"At least 2 classes are needed, received num_classes={num_classes}: with one "
            "class H(u) = log C = 0 and confidence 1 - H(p)/H(u) is undefined."
        )


def above_0_up_to_1(name: str, value: float) -> None:
    """Require `0 < value <= 1`.

    Raises:
        ValueError: naming the constant, what was given and the allowed range.

    Example:
        >>> cmdcore.ranges.above_0_up_to_1("q", 0.0)
        Traceback (most recent call last):
        ValueError: q must lie in (0, 1], received q=0.0.
    """
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} must lie in (0, 1], received {name}={value}.")


def weight(name: str, value: float) -> None:
    """Require a finite number of at least 0.

    Raises:
        ValueError: naming the constant and what was given.

    Example:
        >>> cmdcore.ranges.weight("alpha", -1.0)
        Traceback (most recent call last):
        ValueError: alpha must be at least 0 and finite, received alpha=-1.0.
    """
    if not 0.0 <= value < math.inf:
        raise ValueError(f"{name} must be at least 0 and finite, received {name}={value}.")


def temperature(name: str, value: float) -> None:
    """Require a finite number above 0.

    Raises:
        ValueError: naming the constant and what was given.

    Example:
        >>> cmdcore.ranges.temperature("temperature", 0.0)
        Traceback (most recent call last):
        ValueError: temperature must be above 0 and finite, received temperature=0.0.
    """
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} must be above 0 and finite, received {name}={value}.")


def rate(name: str, value: float) -> None:
    """Require `0 <= value < 1`.

    Raises:
        ValueError: naming the constant, what was given and the allowed range.

    Example:
        >>> cmdcore.ranges.rate("rate", 40.0)
        Traceback (most recent call last):
        ValueError: rate must lie in [0, 1), received rate=40.0.
    """
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} must lie in [0, 1), received {name}={value}.")
