"""Images of the user's, listed in a table with their labels."""

import numpy as np

from cmd_keras.data import identity
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.data.sources.table.image_list import ImageList
from cmd_keras.data.sources.table.labels import number_labels
from cmd_keras.data.sources.table.row_parts import RowParts
from cmd_keras.data.sources.user_images import find_format, read_parts
from cmd_keras.data.spelling.class_names import canonicalize


def load(
    path: str,
    *,
    target: str,
    files: str | None = None,
    data_dir: str | None = None,
    image_size: int | None = None,
    parts: str | None = None,
    test_split: float = TEST_SPLIT,
) -> Dataset:
    """The images that a CSV table lists, one a row.

    An image is known by the content of its file, and read as those of a folder are. A file
    that several rows name with one label is used once.

    Args:
        path: The table.
        target: Its column of labels.
        files: Its column of paths, whose suffix may be left out; None is the only other one in
            which every cell ends as image files do.
        data_dir: What paths are relative to; None is the folder of the table.
        image_size: As `image_folder.load` takes it.
        parts: Its column that says of each image whether it is to be trained or tested with, as
            `RowParts.said` understands it.
        test_split: Without it, part that is held out for testing: the same one in every run, and as
            mislabelled as the rest.

    Raises:
        InputError: if the table cannot be read, it is unclear which column has the paths, a
            file is not there, cannot be read as an image or has two labels, all images of a
            class are the same, or the parts are unclear.
    """
    target = canonicalize(target)
    parts = None if parts is None else canonicalize(parts)
    listed = ImageList.read(path, target, files, data_dir, parts)
    class_names, of_rows = number_labels(listed.table, target)
    rows = listed.rows_of_files(of_rows, parts)
    paths, labels = [listed.paths[row] for row in rows], of_rows[rows]
    image_format, augmentation = find_format(paths, image_size)
    keys = identity.identify_files(paths)
    identity.say_contradictions(keys, labels, path)

    def identify(part: np.ndarray) -> list[bytes]:
        return [keys[i] for i in part]

    found = RowParts.of(listed.table, parts, rows, identify, labels, test_split)
    train, test = found.train, found.test
    of_parts = [([paths[i] for i in p], labels[p]) for p in (train, test, found.validation)]
    train_images, test_images, validation = read_parts(of_parts, image_format, class_names)
    return Dataset(
        name=f"images:{path}",
        class_names=class_names,
        train=train_images,
        test=test_images,
        given_labels=labels[train],
        clean_labels=labels[train],
        test_labels=labels[test],
        augmentation=augmentation,
        **found.own_validation(validation, labels),
        train_index=rows[train],
        test_index=rows[test],
        train_keys=found.train_keys,
        test_keys=found.test_keys,
        train_names=tuple(map(listed.name_of, rows[train])),
        test_names=tuple(map(listed.name_of, rows[test])),
        input_format=image_format,
    )
