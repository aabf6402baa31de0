"""Pictures of the user's, in one folder for each class."""

import os
from pathlib import Path

import numpy as np

from cmd_keras.data import pictures, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.errors import InputError

# What the test part may be called beside train/, the first that there is.
_TEST_NAMES = ("test", "val", "validation")

# Pictures that all have one size, and not more than this, keep it.
_SMALL = 64

# Side of all others, as the paper has it for Food-101.
_IMAGE_SIZE = 224


def load(path: str, image_size: int | None = None, test_split: float = 0.2) -> Dataset:
    """The pictures below a folder, each in a sub-folder named after its class.

    `PATH/CLASS/….jpg`, of which a test part is held out, the same one in every
    run and as mislabelled as the rest; or `PATH/train/CLASS/….jpg` with
    `PATH/test/CLASS/….jpg` (or `val/`, `validation/`). Folders may be nested
    further below a class. Pictures are .jpg, .jpeg, .png, .bmp or .gif; other and
    hidden files are passed over.

    Args:
        path: The folder.
        image_size: Side of the square that the networks see. None keeps the size
            of pictures that all have the same, up to 64×64, and is 224 for others.
        test_split: Part that is held out where there is no test folder.

    Raises:
        InputError: if there is no such folder, it is not divided into classes,
            or a file in it cannot be read as a picture.
    """
    root = Path(path).expanduser()
    if not path or not root.is_dir():
        problem = "is not a folder" if path and root.exists() else "does not exist"
        raise InputError(
            f"The folder {path!r} {problem}. A folder with a sub-folder of pictures for each class "
            "is needed."
        )
    parts = _parts(root)
    train = _pictures_by_class(parts[0])
    class_names = tuple(train)
    if len(class_names) < 2:
        raise InputError(
            f"{parts[0]} has the single class {class_names[0]!r}; at least 2 sub-folders are "
            "needed."
        )
    paths, labels = _listed(train, class_names)
    if len(parts) == 2:
        test = {name: found for name, found in _pictures_by_class(parts[1]).items() if found}
        if foreign := sorted(set(test) - set(class_names)):
            raise InputError(
                f"{parts[1]} has the class {foreign[0]!r}, which {parts[0]} has not. Classes "
                f"for training: {_some(class_names)}."
            )
    if empty := [name for name, found in train.items() if not found]:
        raise InputError(
            f"The folder {parts[0] / empty[0]} holds no picture ({', '.join(pictures.EXTENSIONS)})"
            ". Remove it, or add some."
        )
    if len(parts) == 2:
        test_paths, test_labels = _listed(test, class_names)
        if not test_paths:
            raise InputError(f"{parts[1]} holds no pictures in sub-folders for each class.")
    else:
        held_out = split.test_part(labels, test_split)
        test_paths = [p for p, held in zip(paths, held_out, strict=True) if held]
        paths = [p for p, held in zip(paths, held_out, strict=True) if not held]
        test_labels, labels = labels[held_out], labels[~held_out]
    sizes, channels = pictures.sizes_and_channels([*paths, *test_paths])
    as_they_are = image_size is None and len(sizes) == 1 and max(next(iter(sizes))) <= _SMALL
    image_format = (
        ImageFormat((*next(iter(sizes)), channels))
        if as_they_are
        else ImageFormat.cropping(_IMAGE_SIZE if image_size is None else image_size, channels)
    )
    return Dataset(
        name=f"folder:{path}",
        class_names=tuple(pictures.written(name) for name in class_names),
        train=pictures.read(paths, image_format.decode, image_format.decoded_shape),
        test=pictures.read(test_paths, image_format.decode, image_format.decoded_shape),
        given_labels=labels,
        clean_labels=labels,
        test_labels=test_labels,
        augmentation=Augmentation(
            pad=4 if as_they_are else 0, crop=image_format.cropped, flip=True
        ),
        train_names=tuple(pictures.written(p.relative_to(root).as_posix()) for p in paths),
        input_format=image_format,
    )


def _parts(root: Path) -> list[Path]:
    """The folder of classes, or those of training and of testing."""
    names = _sub_folders(root)
    tests = [name for name in _TEST_NAMES if name in names]
    # `train` alone beside other names is a class: a railway vehicle.
    if "train" in names and (tests or names == ["train"]):
        return [root / name for name in ["train", *tests[:1]]]
    if names and set(names) <= set(_TEST_NAMES):
        raise InputError(f"{root} has {', '.join(names)} but no train folder.")
    return [root]


def _sub_folders(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _pictures_by_class(folder: Path) -> dict[str, list[Path]]:
    classes = {name: _pictures(folder / name) for name in _sub_folders(folder)}
    if not classes:
        raise InputError(
            f"{folder} has no sub-folders. Put the pictures of each class into a sub-folder named "
            "after the class."
        )
    return classes


def _pictures(folder: Path) -> list[Path]:
    """Every picture below a folder, through links, in an order that only names decide."""
    found, own = [], os.path.realpath(folder)
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        # It would go round for ever, and bring in the pictures of other classes.
        if place != os.fspath(folder) and os.path.commonpath([real, own]) == real:
            raise InputError(
                f"{place} is a link to a folder above it. Remove the link: the pictures below it "
                "are not all of one class."
            )
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            extension = os.path.splitext(name)[1].lower()
            if name.startswith("."):
                continue
            if extension in pictures.OTHER_EXTENSIONS:
                raise InputError(
                    f"{Path(place, name)} has a format that cannot be decoded. Convert pictures to "
                    "JPEG or PNG, or remove those that are not meant to be used."
                )
            if extension in pictures.EXTENSIONS:
                found.append(_regular(Path(place, name)))
    return sorted(found, key=lambda path: path.as_posix())


def _regular(path: Path) -> Path:
    # Opening a pipe would wait for somebody to write into it.
    if path.exists() and not path.is_file():
        raise InputError(f"{path} has the name of a picture, but is no file. Remove it.")
    return path


def _listed(
    by_class: dict[str, list[Path]], class_names: tuple[str, ...]
) -> tuple[list[Path], np.ndarray]:
    paths = [path for found in by_class.values() for path in found]
    numbers = [class_names.index(name) for name in by_class]
    return paths, np.repeat(numbers, [len(found) for found in by_class.values()]).astype(np.int64)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
