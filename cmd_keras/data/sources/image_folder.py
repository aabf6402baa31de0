"""Images of the user's, in one folder for each class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cmd_keras.data import identity, split
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files.path_text import show_path, spell_path
from cmd_keras.data.sources.folder.class_folders import list_labelled
from cmd_keras.data.sources.folder.parts import find_parts
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.data.sources.user_images import find_format, read_parts
from cmd_keras.user_path import user_path


def load(path: str, *, image_size: int | None = None, test_split: float = TEST_SPLIT) -> Dataset:
    """The images below a folder, each in a sub-folder named after its class.

    `PATH/CLASS/….jpg`, of which a test part is held out, the same one in every run and as
    mislabelled as the rest; or `PATH/train/CLASS/….jpg` with `PATH/test/CLASS/….jpg`, and
    `PATH/validation/CLASS/….jpg` if you like (or as `find_parts` knows them).
    Folders may be nested further below a class. An image is known by the content of its
    file: moved to another class, or with others beside it, it stays in its part.
    Images are read as `files.decoding` says. Files of other kinds, and hidden ones, are
    passed over and counted in a notice. Names of classes that look the same are one,
    as `class_names.canonicalize` says.

    Args:
        path: The folder.
        image_size: Side of the square that the networks see. None keeps the size
            of images that all have the same, up to 64×64, and is 224 for others.
        test_split: Part that is held out where there is no test folder.

    Raises:
        InputError: if there is no such folder, it is not divided into classes, it is
            unclear how, a file is of two classes, one cannot be read as an image, or
            all of a class are the same.
    """
    root = user_path(path)
    parts = find_parts(root)
    class_names, found = list_labelled(root, parts)
    nothing = ([], np.zeros(0, np.int64))
    (paths, labels), (test_paths, test_labels), (validation_paths, validation_labels) = (
        found.get(part, nothing) for part in (parts.train, parts.test, parts.validation)
    )
    # Before their content is read: files that cannot be opened are named together.
    image_format, augmentation = find_format([*paths, *validation_paths, *test_paths], image_size)
    of_parts = (paths, test_paths, validation_paths)
    keys, test_keys, validation_keys = map(identity.identify_files, of_parts)
    identity.say_contradictions(keys, labels, show_path(root))
    if parts.test is not None:
        split.say_unused_test_split(test_split, show_path(root))
        identity.say_copies(keys, show_path(root), test=test_keys, validation=validation_keys)
    else:
        held_out = split.hold_out_test(keys, labels, test_split)
        train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        test_paths, paths = [paths[i] for i in test], [paths[i] for i in train]
        test_keys, keys = tuple(keys[i] for i in test), tuple(keys[i] for i in train)
        test_labels, labels = labels[test], labels[train]
    train, test, validation = read_parts(
        ((paths, labels), (test_paths, test_labels), (validation_paths, validation_labels)),
        image_format,
        class_names,
    )
    return Dataset(
        name=f"folder:{path}",
        class_names=tuple(show_path(name) for name in class_names),
        train=train,
        test=test,
        given_labels=labels,
        clean_labels=labels,
        test_labels=test_labels,
        augmentation=augmentation,
        validation=validation,
        validation_labels=None if validation is None else validation_labels,
        has_own_validation=validation is not None,
        train_keys=keys,
        test_keys=test_keys,
        validation_keys=None if validation is None else validation_keys,
        train_names=_names(paths, root),
        test_names=_names(test_paths, root),
        input_format=image_format,
    )


def _names(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    return tuple(spell_path(path.relative_to(root).as_posix()) for path in paths)
