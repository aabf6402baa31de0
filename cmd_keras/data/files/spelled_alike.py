"""Files by names that were typed, or written on another system."""

import os
from collections.abc import Sequence
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
        if path.name == "..":
            parent = self._parent(path)
            return None if parent is None else parent / ".."
        found = self.find_ending(path, ("",))
        return found[0] if found else None

    def find_ending(self, path: Path, endings: Sequence[str]) -> list[Path]:
        """The files and folders of this name with one of these behind it.

        Args:
            path: As it is written.
            endings: What may come behind its name.

        Raises:
            InputError: if two names look like one of these.
        """
        parent = self._parent(path)
        if parent is None:
            return []
        names, found = self._names(parent), []
        for ending in endings:
            alike = names.get(canonicalize(path.name + ending), [])
            if len(alike) > 1:
                raise InputError(
                    f"{show_path(parent)} holds {quote(alike[0])} and {quote(alike[1])}, whose "
                    "names look the same, so that it is not clear which of them is meant. Rename "
                    "one."
                )
            found += [parent / name for name in alike]
        return found

    def _parent(self, path: Path) -> Path | None:
        return path.parent if path.parent.is_dir() else self.find(path.parent)

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
