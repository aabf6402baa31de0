"""A folder of images with other labels: the files lie in other folders."""

import os
import shutil
from pathlib import Path

from cmd_keras.counted import counted
from cmd_keras.data.files.path_text import show_path
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.relabel.changes import Changes
from cmd_keras.relabel.folder_files import Image, find_images, find_others


def write_folder(source: Path, changes: Changes, path: Path, links: bool) -> None:
    """Write the folder again, with all that is in it.

    Args:
        source: The folder.
        changes: Of its images, which are named by their paths below it.
        path: The folder to write, which exists.
        links: Whether files are links to where they were, instead of copies.

    Raises:
        InputError: if an example that is to be in the copy is not found in the folder.
    """
    images = find_images(source)
    _check_all(changes, images, source)
    folders = _folders(changes, images)
    copied, filled = [], set()
    for name, image in images.items():
        if name in changes.removed:
            continue
        folder = image.folder
        if (label := changes.relabelled.get(name)) is not None:
            # A part that lacks the class takes the name that it has in another one.
            folder = folders.get((image.part, label)) or folders[label]
        filled.add(image.part / folder)
        target = path / image.part.relative_to(source) / folder / image.below
        copied.append((image.file, target, name in changes.relabelled))
    others = _without_images(find_others(source, images), images, filled)
    copied += [(file, path / file.relative_to(source), False) for file in others]
    # A file that moves gets another name where one of this name stays.
    taken = {target for _, target, moves in copied if not moves}
    for file, target, moves in copied:
        if moves:
            target = _free(target, file, taken)
            taken.add(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if links:
            os.symlink(file.resolve(), target)
        else:
            shutil.copy2(file, target)


def _without_images(others: list[Path], images: dict[str, Image], filled: set[Path]) -> list[Path]:
    """All else but what lies with a class of which no image is left: a folder of none is refused.

    Args:
        others: Files that are no examples.
        images: Those that are.
        filled: Folders of classes that images of the copy lie in.
    """
    emptied = {image.part / image.folder for image in images.values()} - filled
    kept = [file for file in others if emptied.isdisjoint(file.parents)]
    gone = len(others) - len(kept)
    if gone:
        folders = ", ".join(sorted(map(show_path, emptied)))
        notice(
            f"{folders}: no image is left, so {counted(gone, 'file')} beside them will not be in "
            "the copy."
        )
    return kept


def _check_all(changes: Changes, images: dict[str, Image], source: Path) -> None:
    """Require that every example that is to be in the copy will be."""
    if lost := sorted(changes.before.keys() - changes.removed - images.keys()):
        are = "are" if len(lost) > 1 else "is"
        raise InputError(
            f"{counted(len(lost), 'example')} of {show_path(source)}, such as {lost[0]!r}, {are} "
            "no longer where the data were read a moment ago, so nothing is written. Give the "
            "command again when nobody changes the folder."
        )


def _folders(changes: Changes, images: dict[str, Image]) -> dict[tuple[Path, int] | int, str]:
    """What the folder of each class is called in each part, and in the first that has one."""
    folders: dict[tuple[Path, int] | int, str] = {}
    for name, label in changes.before.items():
        if (image := images.get(name)) is not None:
            folders.setdefault((image.part, label), image.folder)
            folders.setdefault(label, image.folder)
    return folders


def _free(target: Path, file: Path, taken: set[Path]) -> Path:
    number, free = 1, target
    while free in taken:
        before = f"{target.stem}-from-{file.parent.name}"
        free = target.with_name(f"{before}{'' if number == 1 else f'-{number}'}{target.suffix}")
        number += 1
    return free
