"""Pictures of the user's, in one folder for each class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cmd_keras.data import identity, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files import decoding
from cmd_keras.data.files import image_files as pictures
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.data.inputs import Inputs
from cmd_keras.data.notice import notice
from cmd_keras.data.sameness import Sameness
from cmd_keras.data.sources.folder import parts as folder_parts
from cmd_keras.data.sources.folder.listing import PictureFiles, sub_folders
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.data.spelling.class_names import canonical, visible
from cmd_keras.errors import InputError

# Paths of pictures, and their labels.
_Labelled = tuple[list[Path], np.ndarray]

# Pictures that all have one size, and not more than this, keep it.
_SMALL = 64

# Side of all others, as the paper has it for Food-101.
_IMAGE_SIZE = 224


def load(path: str, *, image_size: int | None = None, test_split: float = TEST_SPLIT) -> Dataset:
    """The pictures below a folder, each in a sub-folder named after its class.

    `PATH/CLASS/….jpg`, of which a test part is held out, the same one in every run and as
    mislabelled as the rest; or `PATH/train/CLASS/….jpg` with `PATH/test/CLASS/….jpg`, and
    `PATH/validation/CLASS/….jpg` if you like (or as `folder_parts.parts` knows them).
    Folders may be nested further below a class. A picture is known by the content of its
    file: moved to another class, or with others beside it, it stays in its part.
    Pictures are read as `decoding` says. Files of other kinds, and hidden ones, are
    passed over and counted in a notice. Names of classes that look the same are one,
    as `class_names.canonical` says.

    Args:
        path: The folder.
        image_size: Side of the square that the networks see. None keeps the size
            of pictures that all have the same, up to 64×64, and is 224 for others.
        test_split: Part that is held out where there is no test folder.

    Raises:
        InputError: if there is no such folder, it is not divided into classes, it is
            unclear how, a file is of two classes, one cannot be read as a picture, or
            all of a class are the same.
    """
    root = Path(path).expanduser()
    parts = folder_parts.parts(root)
    class_names, found = _listed(root, parts)
    nothing = ([], np.zeros(0, np.int64))
    (paths, labels), (test_paths, test_labels), (validation_paths, validation_labels) = (
        found.get(part, nothing) for part in (parts.train, parts.test, parts.validation)
    )
    # Before their content is read: files that cannot be opened are named together.
    image_format, as_they_are = _format([*paths, *validation_paths, *test_paths], image_size)
    keys, test_keys = identity.of_files(paths), identity.of_files(test_paths)
    identity.say_contradictions(keys, labels, pictures.shown(root))
    if parts.test is not None:
        split.say_unused(test_split, pictures.shown(root))
        identity.say_shared(keys, test_keys, pictures.shown(root))
    else:
        held_out = split.test_part(keys, labels, test_split)
        train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        test_paths, paths = [paths[i] for i in test], [paths[i] for i in train]
        test_keys, keys = tuple(keys[i] for i in test), tuple(keys[i] for i in train)
        test_labels, labels = labels[test], labels[train]
    train, test, validation = _read(
        ((paths, labels), (test_paths, test_labels), (validation_paths, validation_labels)),
        image_format,
        class_names,
    )
    return Dataset(
        name=f"folder:{path}",
        class_names=tuple(pictures.shown(name) for name in class_names),
        train=train,
        test=test,
        given_labels=labels,
        clean_labels=labels,
        test_labels=test_labels,
        augmentation=Augmentation(
            pad=4 if as_they_are else 0, crop=image_format.cropped, flip=True
        ),
        validation=validation,
        validation_labels=None if validation is None else validation_labels,
        has_own_validation=validation is not None,
        train_keys=keys,
        test_keys=test_keys,
        train_names=tuple(pictures.written(p.relative_to(root).as_posix()) for p in paths),
        input_format=image_format,
    )


def _listed(
    root: Path, parts: folder_parts.Parts
) -> tuple[tuple[str, ...], dict[Path | None, _Labelled]]:
    """The classes, and the pictures of each part."""
    files = PictureFiles(root)
    folders = _class_folders(parts.train)
    class_names = tuple(folders)
    if len(class_names) < 2:
        raise InputError(
            f"{pictures.shown(parts.train)} has the single class {visible(class_names[0])}; at "
            "least 2 sub-folders are needed."
        )
    found = {parts.train: _of_classes(parts.train, folders, class_names, files)}
    for number, folder in enumerate(folders.values()):
        if not (found[parts.train][1] == number).any():
            raise InputError(
                f"The folder {pictures.shown(folder)} holds no picture "
                f"({', '.join(decoding.EXTENSIONS)}).{files.others(folder)} Remove it, or add some."
            )
    for part in parts.all()[1:]:
        found[part] = _of_classes(part, _like(part, class_names), class_names, files)
        if not found[part][0]:
            raise InputError(
                f"{pictures.shown(part)} holds no pictures in sub-folders for each class. Add "
                "some, or move it away."
            )
    for folder in {root, *parts.all()}:
        files.beside_classes(folder)
    files.say_what_was_passed_over()
    return class_names, found


def _read(
    parts: Sequence[_Labelled], image_format: ImageFormat, class_names: tuple[str, ...]
) -> list[Inputs | None]:
    """The pictures of each part, or None where it has none; those of a class must differ."""
    sameness = Sameness()
    read = [
        pictures.read(
            paths,
            image_format.decode,
            image_format.decoded_shape,
            image_format.dtype,
            sameness.see,
        )
        if paths
        else None
        for paths, _ in parts
    ]
    sameness.check(np.concatenate([labels for _, labels in parts]), class_names)
    return read


def _format(paths: list[Path], image_size: int | None) -> tuple[ImageFormat, bool]:
    """What all pictures are brought to, and whether that is what they are."""
    headers = pictures.headers(paths)
    if headers.of_16_bits and headers.of_16_bits < len(paths):
        notice(
            f"{headers.of_16_bits:,} of {len(paths):,} images have 16 bits a channel, the others "
            "8. In both, black is 0 and the brightest that can be stored is 255."
        )
    size = next(iter(headers.sizes))
    if image_size is None and len(headers.sizes) == 1 and max(size) <= _SMALL:
        return ImageFormat((*size, headers.channels), bits=headers.bits), True
    side = _IMAGE_SIZE if image_size is None else image_size
    return ImageFormat.cropping(side, headers.channels, headers.bits), False


def _class_folders(part: Path) -> dict[str, Path]:
    """The folders of the classes, by their canonical names, in the order of these."""
    by_name, by_case = {}, {}
    for folder in sub_folders(part):
        name = canonical(folder)
        if not name:
            raise InputError(
                f"{pictures.shown(part)} has a folder with the name {visible(folder)}, of which "
                "nothing can be seen. Rename it."
            )
        if name in by_name:
            raise InputError(
                f"{pictures.shown(part)} has the folders {visible(by_name[name].name)} and "
                f"{visible(folder)}, whose names look the same. Join them into one class, or "
                "rename one."
            )
        by_name[name] = part / folder
        by_case.setdefault(name.casefold(), []).append(name)
    if differ := [" and ".join(map(visible, names)) for names in by_case.values() if names[1:]]:
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
            joined.append(f"{visible(name)} is {visible(similar[0])}")
            name = similar[0]
        own[name] = folder
    if joined:
        notice(f"In {pictures.shown(part)}, {', '.join(joined)}.")
    return own


def _of_classes(
    part: Path, folders: dict[str, Path], class_names: tuple[str, ...], files: PictureFiles
) -> tuple[list[Path], np.ndarray]:
    """Paths and labels of the pictures of a part."""
    paths, labels = [], []
    for name, folder in folders.items():
        found = files.below(folder)
        if not found:
            continue
        if name not in class_names:
            raise InputError(
                f"{pictures.shown(part)} has the class {visible(name)}, which the folder train "
                f"has not. Classes for training: {_some(class_names)}. Rename "
                f"{pictures.shown(folder)}, or move it away; if the images have no labels, "
                f"move {pictures.shown(part)} away."
            )
        paths += found
        labels += [class_names.index(name)] * len(found)
    return paths, np.array(labels, np.int64)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(map(pictures.shown, names[:10])) + (", …" if len(names) > 10 else "")
