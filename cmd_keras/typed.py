"""Whether a value read from JSON is of the kind that its place asks for."""

import types
import typing
from typing import Any


def is_a(value: Any, annotation: Any) -> bool:
    """Whether a value may stand where this annotation does.

    Args:
        value: From JSON, with tuples in place of lists.
        annotation: A plain type, `Any`, `tuple[X, ...]`, `tuple[X, Y]`, `dict[K, V]`, or a union
            of these.
    """
    if annotation is Any:
        return True
    if isinstance(annotation, types.UnionType):
        return any(is_a(value, option) for option in typing.get_args(annotation))
    inner = [a for a in typing.get_args(annotation) if a is not Ellipsis]
    if typing.get_origin(annotation) is tuple:
        if not isinstance(value, tuple):
            return False
        kinds = inner * len(value) if Ellipsis in typing.get_args(annotation) else inner
        return len(kinds) == len(value) and all(map(is_a, value, kinds))
    if typing.get_origin(annotation) is dict:
        return isinstance(value, dict) and all(
            is_a(key, inner[0]) and is_a(item, inner[1]) for key, item in value.items()
        )
    if annotation is float:
        # An integer may be more than a float can be.
        return type(value) is float or (type(value) is int and abs(value) <= 2**53)
    return type(value) is annotation
