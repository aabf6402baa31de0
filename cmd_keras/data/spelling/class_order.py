"""In which order classes are numbered. A class is its text; numbers only order it."""

import re
from collections.abc import Iterable
from decimal import Decimal

# ASCII digits alone, no exponent and no underscore: Decimal would take these as well.
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def order_classes(names: Iterable[str]) -> list[str]:
    """Class names from the first to the last, each as it is written.

    Where every name is a plain number (`12`, `-3`, `+007`, `1.5`) they are ordered
    by value, and those of one value (`01` and `1`) by text. Else all are ordered by
    text. Values are compared exactly, however many digits they have.

    Args:
        names: The names; those that differ in a single character are two classes.
    """
    names = list(names)
    if all(_PLAIN_NUMBER.fullmatch(name) for name in names):
        return sorted(names, key=lambda name: (Decimal(name), name))
    return sorted(names)
