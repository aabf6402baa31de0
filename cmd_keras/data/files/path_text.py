"""Paths as text, whatever bytes they are made of."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

# Characters that end a line or move the cursor.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def spell_path(path: str | Path) -> str:
    """A path as text that can be written to a file."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def show_path(path: str | Path) -> str:
    """A path as text that can be printed on one line."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], spell_path(path))


def show_some(names: Sequence[str]) -> str:
    """The first ten of some names of files or folders, on one line."""
    return ", ".join(map(show_path, names[:10])) + (", …" if len(names) > 10 else "")
