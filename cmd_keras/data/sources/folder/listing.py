"""Which files below a folder are images; each real file is listed once."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from cmd_keras.data.files import decoding
from cmd_keras.data.files.path_text import show_path
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Of systems, archives and tools, never the user's.
_SYSTEM_FOLDERS = {
    *("__MACOSX", "__pycache__", "@eaDir", "$RECYCLE.BIN", "System Volume Information"),
    *("lost+found", ".git", ".svn", ".hg", ".dvc", ".ipynb_checkpoints", ".cache"),
    *(".idea", ".vscode", ".Trashes", ".Spotlight-V100", ".fseventsd", ".TemporaryItems"),
}
_SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}

_IMAGES = (*decoding.EXTENSIONS, *decoding.OTHER_EXTENSIONS)


def list_sub_folders(folder: Path) -> list[str]:
    """Names of the folders in a folder, sorted; neither hidden ones nor those of a system."""
    return sorted(p.name for p in _inside(folder) if p.is_dir() and _is_for_us(p.name))


def holds_images(folder: Path) -> bool:
    """Whether a file that lies directly in a folder has the name of an image."""
    return any(
        _extension(p.name) in _IMAGES and not p.name.startswith(".") and not p.is_dir()
        for p in _inside(folder)
    )


class ImageListing:
    """The image files of a data set.

    Args:
        root: The folder of the data set.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        # Of each real folder and file: below which folder it was found first, and where.
        self._found: dict[tuple[int, int], tuple[Path, Path]] = {}
        self._others: dict[Path, Counter[str]] = {}
        self._twice = 0

    def list_below(self, folder: Path) -> list[Path]:
        """Every image below a folder, through links, in an order that only names decide.

        Two names of one file, by links of either kind, are one image.

        Raises:
            InputError: if a folder cannot be opened or is a link to one above it, an image
                has a format that cannot be decoded or is no file, or a file was found below
                another folder before.
        """
        found, own = [], os.path.realpath(folder)
        others = self._others.setdefault(folder, Counter())
        for name, folders, files in os.walk(folder, followlinks=True, onerror=_unreadable):
            place, real = Path(name), os.path.realpath(name)
            # It would bring in the images of other classes.
            if place != folder and os.path.commonpath([real, own]) == real:
                raise InputError(
                    f"{show_path(place)} is a link to a folder above it. Remove the link: "
                    "the images below it are not all of one class."
                )
            if not self._is_new(place, folder):
                self._twice += 1
                folders[:] = []
                continue
            others["hidden folders"] += sum(map(_is_hidden, folders))
            # What lies in its place goes before what is linked there.
            folders[:] = _links_last(place, filter(_is_for_us, folders))
            for path in map(place.joinpath, _links_last(place, files)):
                if kind := _kind_of_other(path.name):
                    others[kind] += 1
                elif _extension(path.name) in decoding.OTHER_EXTENSIONS:
                    raise InputError(
                        f"{show_path(path)} has a format that cannot be decoded. Convert "
                        "images to JPEG or PNG, or remove those that are not meant to be used."
                    )
                elif not _is_of_system(path.name):
                    if self._is_new(_regular(path), folder):
                        found.append(path)
                    else:
                        self._twice += 1
        return sorted(found, key=lambda path: path.as_posix())

    def count_beside_classes(self, folder: Path) -> None:
        """Count what lies in a folder beside the folders of the classes."""
        others = self._others.setdefault(folder, Counter())
        for path in _inside(folder):
            if path.is_dir():
                others["hidden folders"] += _is_hidden(path.name)
            elif not _is_of_system(path.name):
                others[_kind_of_other(path.name) or "images beside the folders of classes"] += 1

    def describe_others(self, folder: Path) -> str:
        """What there is below a folder besides images, as a sentence or nothing."""
        counts = +self._others.get(folder, Counter())
        return f" It has {_listed(counts)}." if counts else ""

    def say_what_was_passed_over(self) -> None:
        """One notice of all that was passed over by kind, and one of what was linked twice."""
        root, total = show_path(self._root), sum(self._others.values(), Counter())
        if total:
            notice(f"Passed over in {root}: {_listed(total)}.")
        if self._twice:
            notice(
                f"{self._twice:,} links in {root} lead to what is in the same class already; each "
                "file is used once."
            )

    def _is_new(self, path: Path, folder: Path) -> bool:
        try:
            status = path.stat()
        except OSError:
            # A link to nowhere is named with all that cannot be opened.
            return True
        # Some network drives number no files.
        number = status.st_ino or hash(os.path.realpath(path))
        first, there = self._found.setdefault((status.st_dev, number), (folder, path))
        if first != folder:
            kind = "folder" if path.is_dir() else "file"
            raise InputError(
                f"{show_path(there)} and {show_path(path)} are the same {kind}, by "
                "a link. An image can be of one class and in one part only: remove one of the two."
            )
        return there == path


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        _unreadable(error)


def _unreadable(error: OSError) -> NoReturn:
    raise InputError(
        f"The folder {show_path(error.filename)} cannot be opened: {error.strerror}. Change "
        "its permissions, or move it away."
    )


def _links_last(place: Path, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: ((place / name).is_symlink(), name))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name not in _SYSTEM_FOLDERS


def _is_for_us(name: str) -> bool:
    return not name.startswith(".") and name not in _SYSTEM_FOLDERS


def _is_of_system(name: str) -> bool:
    # Not only .DS_Store: macOS writes ._photo.jpg beside photo.jpg on the disks of others.
    hidden_image = _extension(name) in _IMAGES and not name.startswith("._")
    return name.lower() in _SYSTEM_FILES or (name.startswith(".") and not hidden_image)


def _kind_of_other(name: str) -> str | None:
    """What is counted of a file that is no image and not of a system."""
    if _is_of_system(name):
        return None
    if _extension(name) in _IMAGES:
        return "hidden images" if name.startswith(".") else None
    return show_path(_extension(name)) or "files without an extension"


def _extension(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _listed(counts: Counter[str]) -> str:
    # The most frequent first; of as many, in the order of the alphabet.
    kinds = sorted(+counts, key=lambda kind: (-counts[kind], kind))
    more = f", others ({sum(counts[kind] for kind in kinds[8:]):,})" if len(kinds) > 8 else ""
    return ", ".join(f"{kind} ({counts[kind]:,})" for kind in kinds[:8]) + more


def _regular(path: Path) -> Path:
    # Opening a pipe would wait for somebody to write into it.
    if path.exists() and not path.is_file():
        raise InputError(f"{show_path(path)} has the name of an image, but is no file. Remove it.")
    return path
