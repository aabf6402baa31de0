"""Which folders are of which class, and the images in them."""

from pathlib import Path

import numpy as np

from cmd_keras.data.files import decoding
from cmd_keras.data.files.path_text import show_path, show_some
from cmd_keras.data.sources.folder.listing import ImageListing, list_sub_folders
from cmd_keras.data.sources.folder.parts import FolderParts
from cmd_keras.data.spelling.class_names import canonicalize, quote
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Paths of images, and their labels.
Labelled = tuple[list[Path], np.ndarray]


def list_labelled(
    root: Path, parts: FolderParts
) -> tuple[tuple[str, ...], dict[Path | None, Labelled]]:
    """The classes, and the images of each part.

    Args:
        root: The folder of the data set.
        parts: Its parts.

    Returns:
        The names of the classes in the order of their numbers, and for each part the paths of
        its images and their labels `[n]`, int64.

    Raises:
        InputError: if there are not two classes at least, a class or a part has no images, or
            two folders are of one class.
    """
    files = ImageListing(root)
    folders = _class_folders(parts.train)
    class_names = tuple(folders)
    if len(class_names) < 2:
        raise InputError(
            f"{show_path(parts.train)} has the single class {quote(class_names[0])}; at "
            "least 2 sub-folders are needed."
        )
    found = {parts.train: _of_classes(parts.train, folders, class_names, files)}
    for number, folder in enumerate(folders.values()):
        if not (found[parts.train][1] == number).any():
            raise InputError(
                f"The folder {show_path(folder)} holds no image "
                f"({', '.join(decoding.EXTENSIONS)}).{files.describe_others(folder)} Remove it, or "
                "add some."
            )
    for part in parts.existing()[1:]:
        found[part] = _of_classes(part, _like(part, class_names), class_names, files)
        if not found[part][0]:
            raise InputError(
                f"{show_path(part)} holds no images in sub-folders for each class. Add "
                "some, or move it away."
            )
    for folder in {root, *parts.existing()}:
        files.count_beside_classes(folder)
    files.say_what_was_passed_over()
    return class_names, found


def _class_folders(part: Path) -> dict[str, Path]:
    """The folders of the classes, by their canonical names, in the order of these."""
    by_name, by_case = {}, {}
    for folder in list_sub_folders(part):
        name = canonicalize(folder)
        if not name:
            raise InputError(
                f"{show_path(part)} has a folder with the name {quote(folder)}, of which "
                "nothing can be seen. Rename it."
            )
        if name in by_name:
            raise InputError(
                f"{show_path(part)} has the folders {quote(by_name[name].name)} and "
                f"{quote(folder)}, whose names look the same. Join them into one class, or "
                "rename one."
            )
        by_name[name] = part / folder
        by_case.setdefault(name.casefold(), []).append(name)
    if differ := [" and ".join(map(quote, names)) for names in by_case.values() if names[1:]]:
        notice(
            f"Names of classes that differ in upper and lower case only: {', '.join(differ[:5])}"
            f"{', …' if differ[5:] else ''}. They stay classes of their own."
        )
    return dict(sorted(by_name.items()))


def _like(part: Path, class_names: tuple[str, ...]) -> dict[str, Path]:
    """The folders of a part for testing or validation, by the class that each is of."""
    by_case = {}
    for name in class_names:
        by_case.setdefault(name.casefold(), []).append(name)
    folders, own, joined = _class_folders(part), {}, []
    for name, folder in folders.items():
        similar = by_case.get(name.casefold(), [])
        if name not in class_names and len(similar) == 1 and similar[0] not in folders:
            joined.append(f"{quote(name)} is {quote(similar[0])}")
            name = similar[0]
        own[name] = folder
    if joined:
        notice(f"In {show_path(part)}, {', '.join(joined)}.")
    return own


def _of_classes(
    part: Path, folders: dict[str, Path], class_names: tuple[str, ...], files: ImageListing
) -> tuple[list[Path], np.ndarray]:
    """Paths and labels of the images of a part."""
    paths, labels = [], []
    for name, folder in folders.items():
        found = files.list_below(folder)
        if not found:
            continue
        if name not in class_names:
            raise InputError(
                f"{show_path(part)} has the class {quote(name)}, which the folder train "
                f"has not. Classes for training: {show_some(class_names)}. Rename "
                f"{show_path(folder)}, or move it away; if the images have no labels, "
                f"move {show_path(part)} away."
            )
        paths += found
        labels += [class_names.index(name)] * len(found)
    return paths, np.array(labels, np.int64)
