"""A folder of images with other labels: the files lie in other folders."""

import os
import shutil
from pathlib import Path

from cmd_keras.data.files.path_text import spell_path
from cmd_keras.data.sources.folder.parts import find_parts
from cmd_keras.relabel.changes import Changes


def write_folder(source: Path, changes: Changes, path: Path, links: bool) -> None:
    """Write the folder again, with all that is in it.

    Args:
        source: The folder.
        changes: Of its images, which are named by their paths below it.
        path: The folder to write, which exists.
        links: Whether files are links to where they were, instead of copies.
    """
    parts = [part.relative_to(source) for part in find_parts(source).existing()]
    copied, example_of = [], changes.example_of()
    for file in sorted(found for found in source.rglob("*") if found.is_file()):
        name = spell_path(file.relative_to(source).as_posix())
        if name in changes.removed:
            continue
        target = path / file.relative_to(source)
        if (label := changes.relabelled.get(name)) is not None:
            target = path / _moved(file.relative_to(source), Path(example_of[label]), parts)
        copied.append((file, target, name in changes.relabelled))
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


def _moved(file: Path, example: Path, parts: list[Path]) -> Path:
    """Where a file lies that is of the class of the example; what comes below that folder stays."""
    depth, depth_of_example = _depth(file, parts), _depth(example, parts)
    return Path(*file.parts[:depth], example.parts[depth_of_example], *file.parts[depth + 1 :])


def _depth(file: Path, parts: list[Path]) -> int:
    """How far below the root the folder of its class is."""
    return max(len(part.parts) for part in parts if file.is_relative_to(part))


def _free(target: Path, file: Path, taken: set[Path]) -> Path:
    number, free = 1, target
    while free in taken:
        before = f"{target.stem}-from-{file.parent.name}"
        free = target.with_name(f"{before}{'' if number == 1 else f'-{number}'}{target.suffix}")
        number += 1
    return free
