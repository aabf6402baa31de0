"""Arrays of the user's, in an npz file."""

import re

import numpy as np

from cmd_keras.data import identity, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files import axes, npz_file
from cmd_keras.data.input_format import ArrayFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.sameness import Sameness
from cmd_keras.data.sources.arrays import labels as npz_labels
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.errors import InputError

# Names of a part for validation, of which there is none in such a file.
_VALIDATION = re.compile(r"[xy]_?(val|valid|validation|dev)", re.IGNORECASE)

# No test image is so much darker than all training images: 255 and 1 differ by more.
_OTHER_SCALE = 50

# Colour pictures from this side on are taken for photographs.
_PHOTO_SIDE = 16


def load(path: str, *, test_split: float = TEST_SPLIT) -> Dataset:
    """The data set in an npz file.

    It holds `x_train`, `y_train`, `x_test`, `y_test`, or `x` and `y`, of which a
    test part is held out: the same one in every run, and as mislabelled as the rest. Where
    a label is corrected, or examples are added, all others stay where they are.
    x are pictures `[n, height, width(, channels)]` or vectors `[n, features]`. y are
    integers, texts, or one-hot rows `[n, C]`; -1 beside other labels than 1 means that
    there is none. `class_names`, if it is there, names the labels 0 … C-1.

    Args:
        path: The file.
        test_split: Part that is held out where the file holds `x` and `y`.

    Raises:
        InputError: if the file is broken, the arrays do not fit together, examples
            are not labelled, or images are all the same.
    """
    found = npz_file.arrays(path)
    _refuse_unused(found, path)
    if "x_train" in found:
        x_train, x_test = (
            _inputs(found, *k, path) for k in (("x_train", "y_train"), ("x_test", "y_test"))
        )
        class_names, (y_train, y_test) = npz_labels.read(found, ("y_train", "y_test"), path)
        _check_ranges(x_train, x_test, path)
        parts = {"x_train": (x_train, y_train), "x_test": (x_test, y_test)}
        name, train_index = "x_train", np.arange(len(y_train))
        train_keys, test_keys = identity.of_arrays(x_train), identity.of_arrays(x_test)
        split.say_unused(test_split, path)
        identity.say_shared(train_keys, test_keys, path)
    elif "x" in found:
        x = _inputs(found, "x", "y", path)
        class_names, (y,) = npz_labels.read(found, ("y",), path)
        parts = {"x": (x, y)}
        keys = identity.of_arrays(x)
        held_out = split.test_part(keys, y, test_split)
        x_train, x_test, y_train, y_test = x[~held_out], x[held_out], y[~held_out], y[held_out]
        name, train_index = "x", np.flatnonzero(~held_out)
        train_keys = tuple(keys[i] for i in train_index)
        test_keys = tuple(keys[i] for i in np.flatnonzero(held_out))
    else:
        raise InputError(
            f"{path} holds the arrays {', '.join(sorted(found)) or 'none'}; x_train, y_train, "
            "x_test and y_test, or x and y, are needed."
        )
    if unseen := sorted(set(y_test.tolist()) - set(y_train.tolist())):
        raise InputError(
            f"y_test in {path} holds the class {class_names[unseen[0]]!r}, which y_train does not: "
            "it cannot be learned. Remove these examples, or add some for training."
        )
    shape = x_train.shape[1:]
    is_photo = x_train.dtype == np.uint8 and len(shape) == 3 and shape[-1] == 3
    is_photo = is_photo and min(shape[:2]) >= _PHOTO_SIDE
    dataset = Dataset(
        name=f"npz:{path}",
        class_names=class_names,
        train=ArrayInputs(x_train),
        test=ArrayInputs(x_test),
        given_labels=y_train,
        clean_labels=y_train,
        test_labels=y_test,
        augmentation=Augmentation(pad=4, flip=True) if is_photo else Augmentation(),
        train_index=train_index,
        train_names=tuple(f"{name}[{i}]" for i in train_index),
        train_keys=train_keys,
        test_keys=test_keys,
        input_format=ArrayFormat(shape),
    )
    for part, (inputs, labels) in parts.items():
        sameness = Sameness()
        sameness.see(inputs)
        sameness.check(labels, class_names, f" of {part} in {path}")
    return dataset


def _refuse_unused(found: dict[str, np.ndarray], path: str) -> None:
    """Refuses arrays that are meant to be used, and would not be."""
    if "x" in found and "x_train" in found:
        raise InputError(
            f"{path} holds both x and x_train. Save either x and y, or x_train, y_train, x_test "
            "and y_test."
        )
    unused = sorted(name for name in found if _VALIDATION.fullmatch(name))
    if unused:
        raise InputError(
            f"{path} holds {' and '.join(unused)}, which would not be used. Join them to x_train "
            "and y_train (--validation-split holds a share out again), or leave them out."
        )
    if weights := [name for name in ("sample_weight", "sample_weights") if name in found]:
        raise InputError(
            f"{path} holds {weights[0]}, but all examples count alike here. Leave it out, or train "
            "in Python: MutualDistiller.fit takes sample_weight."
        )


def _check_ranges(x_train: np.ndarray, x_test: np.ndarray, path: str) -> None:
    """Refuses images of which one part alone was brought to 0 … 1."""
    most, test_most = (max(float(x.max()), -float(x.min())) for x in (x_train, x_test))
    if x_train.ndim == 4 and max(most, test_most) >= _OTHER_SCALE * min(most, test_most) > 0:
        raise InputError(
            f"Images of x_train in {path} reach {most:g}, but those of x_test {test_most:g}. Bring "
            "both to the same scale."
        )


def _inputs(found: dict[str, np.ndarray], x_name: str, y_name: str, path: str) -> np.ndarray:
    """The inputs of this name, of which there are as many as labels."""
    x = npz_file.inputs(found, x_name, path)
    y = found.get(y_name, np.empty(len(x)))
    if y.ndim and len(x) != len(y):
        hint = axes.examples_first(found[x_name].shape, len(y), x_name)
        hint = hint or axes.examples_first(y.shape, len(x), y_name)
        raise InputError(
            f"{x_name} in {path} holds {len(x)} examples, but {y_name} {len(y)}. One label is "
            f"needed for each.{hint}"
        )
    axes.refuse_channels_first(x.shape, x_name, path)
    return x
