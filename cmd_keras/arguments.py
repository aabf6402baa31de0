"""What a function is given, by the names it has for that."""

import inspect
from collections.abc import Callable
from typing import Any


def named(function: Callable, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The arguments of a call by name; those that are not given are left out.

    Raises:
        TypeError: if the function does not take them.
    """
    return inspect.signature(function).bind(*args, **kwargs).arguments
