"""Where a copy may be written: nothing is there, and no data are read from there."""

import os
from pathlib import Path

from cmd_keras.errors import InputError
from cmd_keras.run.folder.room_above import obstacle_above
from cmd_keras.user_path import user_path


def output_path(output: str | os.PathLike) -> Path:
    """What is to be written, where `~` is the home of the user.

    Raises:
        InputError: if it has no name, or begins with `~` and the name of nobody.
    """
    if not str(output):
        raise InputError("The name of the output is empty. Name one.")
    return user_path(output)


def check_output(path: Path, place: str, ending: str) -> None:
    """Require that a copy can be written.

    Args:
        path: What is to be written.
        place: Where the data are, as the user named it.
        ending: How the copy is called at its end; "" for a copy of a folder.

    Raises:
        InputError: if it is there already, cannot be made, would become part of the data, or
            ends otherwise.
    """
    # A link that leads nowhere is there, too.
    if os.path.lexists(path):
        leads = ", a link to what is not there" * (not path.exists())
        raise InputError(f"{path} is there already{leads}. Choose another output, or move it away.")
    if obstacle := obstacle_above(path):
        raise InputError(f"Cannot write {path}: {obstacle}. Choose another output.")
    if not ending:
        _check_outside(path, place)
    elif path.suffix.lower() != ending:
        raise InputError(f"{path} must end in {ending}, as the data do. Name it so.")


def _check_outside(path: Path, place: str) -> None:
    """Require that a copy of a folder is not read with the folder."""
    original, real = user_path(place), path.resolve()
    if real.is_relative_to(original.resolve()):
        raise InputError(
            f"{path} lies in {place}, where it would become one more class of the data. Choose an "
            "output beside them."
        )
    for link, folder in _linked_folders(original):
        if real.is_relative_to(folder):
            raise InputError(
                f"{path} lies in {folder}, which {link} is a link to, so that it would be read "
                "with the data. Choose an output beside them."
            )


def _linked_folders(root: Path) -> list[tuple[Path, Path]]:
    """Links to folders that images are read through, and where these really are."""
    own, links, seen = root.resolve(), [], set()
    for name, folders, _ in os.walk(root, followlinks=True):
        followed = []
        for place in (Path(name) / folder for folder in folders if not folder.startswith(".")):
            real = Path(os.path.realpath(place))
            # Those that go round, or up, are refused where images are read.
            if real not in seen and not own.is_relative_to(real):
                followed.append(place.name)
                seen.add(real)
                if place.is_symlink():
                    links.append((place, real))
        folders[:] = followed
    return links
