"""Values of settings as JSON has them, which lacks tuples and infinity."""

import inspect
import math
import typing
from typing import Any

from cmd_keras.run.settings.transition import ReviewedMatrix

_OF_REVIEW = inspect.signature(ReviewedMatrix.made).parameters.keys()


def to_json(value: Any) -> Any:
    """Tuples become lists, and infinity becomes text."""
    if isinstance(value, ReviewedMatrix):
        return value.to_json()
    if isinstance(value, tuple):
        return list(map(to_json, value))
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def from_json(value: Any, annotation: Any) -> Any:
    """The same back.

    Args:
        value: From JSON.
        annotation: What the setting is declared to be.
    """
    if isinstance(value, dict) and value.keys() == _OF_REVIEW:
        return ReviewedMatrix.made(**value)
    if isinstance(value, list):
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    # The name of a column is not to become a number.
    is_number = annotation is float or float in typing.get_args(annotation)
    return float(value) if is_number and value in ("inf", "-inf") else value
