"""Whether something can be made where a path says."""

import os
from pathlib import Path


def obstacle_above(path: Path) -> str | None:
    """Which folder above keeps the path from being made, in words; None, where none does."""
    # A link that leads nowhere is there, too.
    above = next(folder for folder in path.absolute().parents if os.path.lexists(folder))
    if above.is_dir() and os.access(above, os.W_OK):
        return None
    return f"{above} {'may not be written' if above.is_dir() else 'is no folder'}"
