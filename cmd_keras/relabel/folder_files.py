"""Which files a folder of images holds, through links: the images as they are read, and others."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from cmd_keras.counted import counted
from cmd_keras.data.files.path_text import show_path, spell_path
from cmd_keras.data.sources.folder.listing import ImageListing, list_sub_folders
from cmd_keras.data.sources.folder.parts import find_parts
from cmd_keras.notice import notice


@dataclasses.dataclass(frozen=True)
class Image:
    """An image of a class.

    Args:
        part: The folder that holds those of the classes.
        folder: What that of its class is called.
        below: Where the image lies in that one.
    """

    part: Path
    folder: str
    below: Path

    @property
    def file(self) -> Path:
        """The image."""
        return self.part / self.folder / self.below


def find_images(source: Path) -> dict[str, Image]:
    """Every image that is read of a folder, by its name as an example."""
    listing, found = ImageListing(source), {}
    for part in find_parts(source).existing():
        for folder in list_sub_folders(part):
            for file in listing.list_below(part / folder):
                name = spell_path(file.relative_to(source).as_posix())
                found[name] = Image(part, folder, file.relative_to(part / folder))
    return found


def find_others(source: Path, images: dict[str, Image]) -> list[Path]:
    """All else that is in the folder.

    Args:
        source: The folder.
        images: Its images. Other names of these in folders of classes are left out: as files of
            their own they would be read as further examples.
    """
    read = {image.file for image in images.values()}
    numbers = set(map(_number, read))
    classes = {image.part / image.folder for image in images.values()}
    others = [file for file in _files_below(source) if file not in read]
    again = {file for file in others if _number(file) in numbers and classes & {*file.parents}}
    if again:
        links = counted(len(again), "link")
        notice(f"{links} to images of the same class will not be in the copy: each file is once.")
    return [file for file in others if file not in again]


def _files_below(source: Path) -> Iterator[Path]:
    """Every file, through links to folders but those to a folder above."""
    for name, folders, files in os.walk(source, followlinks=True, onerror=_say_unreadable):
        place = Path(name)
        above = {os.path.realpath(folder) for folder in (place, *place.absolute().parents)}
        folders[:] = sorted(f for f in folders if os.path.realpath(place / f) not in above)
        yield from (place / file for file in sorted(files) if (place / file).is_file())


def _say_unreadable(error: OSError) -> None:
    # Where images are read of it, that was refused before.
    notice(f"{show_path(error.filename)} cannot be opened ({error.strerror}): not in the copy.")


def _number(file: Path) -> tuple[int, int]:
    """The same for all names of a file."""
    status = file.stat()
    # Some network drives number no files.
    return status.st_dev, status.st_ino or hash(os.path.realpath(file))
