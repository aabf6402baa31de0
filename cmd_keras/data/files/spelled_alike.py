"""Files by names that were typed, or written on another system."""

import os
from pathlib import Path

from cmd_keras.data.files.path_text import show_path
from cmd_keras.data.spelling.class_names import canonicalize, quote
from cmd_keras.errors import InputError


class SpelledAlike:
    """Finds files whose names look as they are written.

    A letter with an accent may be one character or two, as on macOS, and blanks and marks
    that nobody sees differ as well. Each folder is listed once.
    """

    def __init__(self) -> None:
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def find(self, path: Path) -> Path | None:
        """The file or folder of this name, or None if there is none.

        Args:
            path: As it is written.

        Raises:
            InputError: if two names look like it.
        """
        if path == path.parent:
            return path
        parent = path.parent if path.parent.is_dir() else self.find(path.parent)
        if parent is None or path.name == "..":
            return None if parent is None else parent / ".."
        alike = self._names(parent).get(canonicalize(path.name), [])
        if len(alike) > 1:
            raise InputError(
                f"{show_path(parent)} holds {quote(alike[0])} and {quote(alike[1])}, whose names "
                "look the same, so that it is not clear which of them is meant. Rename one."
            )
        return parent / alike[0] if alike else None

    def _names(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._listed:
            names: dict[str, list[str]] = {}
            try:
                for name in sorted(os.listdir(folder)):
                    names.setdefault(canonicalize(name), []).append(name)
            except OSError:
                # What is in a folder that cannot be listed may still be opened, or is said
                # not to be there.
                pass
            self._listed[folder] = names
        return self._listed[folder]
