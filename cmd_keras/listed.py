"""Names in a sentence."""

from collections.abc import Sequence


def listed(names: Sequence[str], most: int) -> str:
    """As `'cat', 'dog', …`.

    Args:
        names: All of them.
        most: How many are named before the dots.
    """
    return ", ".join(map(repr, names[:most])) + ", …" * (len(names) > most)
