"""Arrays of the user's, in an npz file."""

import numpy as np

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files.npz_file import read_arrays
from cmd_keras.data.input_format import ArrayFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.sameness import Sameness
from cmd_keras.data.sources.arrays.parts import take_parts
from cmd_keras.data.sources.known import TEST_SPLIT

# Colour images from this side on are taken for photographs.
_PHOTO_SIDE = 16


def load(path: str, *, test_split: float = TEST_SPLIT) -> Dataset:
    """The data set in an npz file.

    It holds `x_train`, `y_train`, `x_test`, `y_test`, or `x` and `y`, of which a
    test part is held out: the same one in every run, and as mislabelled as the rest. Where
    a label is corrected, or examples are added, all others stay where they are.
    x are images `[n, height, width(, channels)]` or vectors `[n, features]`. y are
    integers, texts, or one-hot rows `[n, C]`; -1 beside other labels than 1 means that
    there is none. `class_names`, if it is there, names the labels 0 … C-1.

    Args:
        path: The file.
        test_split: Part that is held out where the file holds `x` and `y`.

    Raises:
        InputError: if the file is broken, the arrays do not fit together, examples
            are not labelled, or images are all the same.
    """
    parts = take_parts(read_arrays(path), test_split, path)
    is_photo = _are_photos(parts.x_train)
    dataset = Dataset(
        name=f"npz:{path}",
        class_names=parts.class_names,
        train=ArrayInputs(parts.x_train),
        test=ArrayInputs(parts.x_test),
        given_labels=parts.y_train,
        clean_labels=parts.y_train,
        test_labels=parts.y_test,
        augmentation=Augmentation(pad=4, flip=True) if is_photo else Augmentation(),
        train_index=parts.train_index,
        train_names=parts.train_names(),
        test_index=parts.test_index,
        test_names=parts.test_names(),
        train_keys=parts.train_keys,
        test_keys=parts.test_keys,
        input_format=ArrayFormat.of_inputs(parts.x_train),
    )
    for name, (inputs, labels) in parts.saved.items():
        sameness = Sameness()
        sameness.see(inputs)
        sameness.check(labels, parts.class_names, f" of {name} in {path}")
    return dataset


def _are_photos(x: np.ndarray) -> bool:
    shape = x.shape[1:]
    in_colour = x.dtype == np.uint8 and len(shape) == 3 and shape[-1] == 3
    return in_colour and min(shape[:2]) >= _PHOTO_SIDE
