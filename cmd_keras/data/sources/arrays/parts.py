"""Which arrays of an npz file are for training, and which for testing."""

import dataclasses
import re

import numpy as np

from cmd_keras.data import identity, split
from cmd_keras.data.files import axes, npz_file
from cmd_keras.data.files.array_scale import differ
from cmd_keras.data.sources.arrays.labels import read_labels
from cmd_keras.errors import InputError

# Names of a part for validation, of which there is none in such a file.
_VALIDATION = re.compile(r"[xy]_?(val|valid|validation|dev)", re.IGNORECASE)

# Arrays of a file, by their names.
_Found = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class ArrayParts:
    """Examples for training and for testing.

    Args:
        class_names: One for each class.
        x_train: `[n, …]`.
        y_train: `[n]`, int64.
        x_test: `[m, …]`.
        y_test: `[m]`, int64.
        train_keys: `n`, what tells each training example apart.
        test_keys: `m`, the same of the test part.
        saved: Inputs and labels as they are in the file, by the name of the inputs; those for
            training are of the first one.
        train_index: `[n]`, number of each training example in that one.
        test_index: `[m]`, number of each test example in the last one, which may be the same.
    """

    class_names: tuple[str, ...]
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    train_keys: tuple[bytes, ...]
    test_keys: tuple[bytes, ...]
    saved: dict[str, tuple[np.ndarray, np.ndarray]]
    train_index: np.ndarray
    test_index: np.ndarray

    def train_names(self) -> tuple[str, ...]:
        """What each training example is called: `x[0]` and so on."""
        name = next(iter(self.saved))
        return tuple(f"{name}[{i}]" for i in self.train_index)

    def test_names(self) -> tuple[str, ...]:
        """The same of each test example."""
        *_, name = self.saved
        return tuple(f"{name}[{i}]" for i in self.test_index)


def take_parts(found: _Found, test_split: float, path: str) -> ArrayParts:
    """The parts that a file is saved in, or that are made of what it holds.

    Args:
        found: All arrays of the file.
        test_split: Part that is held out where there is none for testing.
        path: Where the file is.

    Raises:
        InputError: if arrays are missing, would not be used, or do not fit together, or
            examples are not labelled.
    """
    _refuse_unused(found, path)
    if "x_train" in found:
        parts = _as_saved(found, test_split, path)
    elif "x" in found:
        parts = _divided(found, test_split, path)
    else:
        raise InputError(
            f"{path} holds the arrays {', '.join(sorted(found)) or 'none'}; x_train, y_train, "
            "x_test and y_test, or x and y, are needed."
        )
    if unseen := sorted(set(parts.y_test.tolist()) - set(parts.y_train.tolist())):
        raise InputError(
            f"y_test in {path} holds the class {parts.class_names[unseen[0]]!r}, which y_train "
            "does not: it cannot be learned. Remove these examples, or add some for training."
        )
    return parts


def _as_saved(found: _Found, test_split: float, path: str) -> ArrayParts:
    x_train = _inputs(found, "x_train", "y_train", path)
    x_test = _inputs(found, "x_test", "y_test", path)
    class_names, (y_train, y_test) = read_labels(found, ("y_train", "y_test"), path)
    _check_ranges(x_train, x_test, path)
    train_keys, test_keys = map(identity.identify_arrays, (x_train, x_test))
    split.say_unused_test_split(test_split, path)
    identity.say_copies(train_keys, path, test=test_keys)
    return ArrayParts(
        class_names,
        x_train,
        y_train,
        x_test,
        y_test,
        train_keys,
        test_keys,
        {"x_train": (x_train, y_train), "x_test": (x_test, y_test)},
        np.arange(len(y_train)),
        np.arange(len(y_test)),
    )


def _divided(found: _Found, test_split: float, path: str) -> ArrayParts:
    x = _inputs(found, "x", "y", path)
    class_names, (y,) = read_labels(found, ("y",), path)
    keys = identity.identify_arrays(x)
    held_out = split.hold_out_test(keys, y, test_split)
    train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    return ArrayParts(
        class_names,
        x[train],
        y[train],
        x[test],
        y[test],
        tuple(keys[i] for i in train),
        tuple(keys[i] for i in test),
        {"x": (x, y)},
        train,
        test,
    )


def _refuse_unused(found: _Found, path: str) -> None:
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
            "and y_train (validation_split holds a share out again), or leave them out."
        )
    if weights := [name for name in ("sample_weight", "sample_weights") if name in found]:
        raise InputError(
            f"{path} holds {weights[0]}, but all examples count alike here. Leave it out, or train "
            "in Python: MutualDistiller.fit takes sample_weight."
        )


def _check_ranges(x_train: np.ndarray, x_test: np.ndarray, path: str) -> None:
    """Refuses images of which one part alone was brought to 0 … 1."""
    if x_train.ndim == 4 and differ(x_train, x_test):
        most, test_most = (max(float(x.max()), -float(x.min())) for x in (x_train, x_test))
        raise InputError(
            f"Images of x_train in {path} reach {most:g}, but those of x_test {test_most:g}. Bring "
            "both to the same scale."
        )


def _inputs(found: _Found, x_name: str, y_name: str, path: str) -> np.ndarray:
    """The inputs of this name, of which there are as many as labels."""
    x = npz_file.take_inputs(found, x_name, path)
    y = found.get(y_name, np.empty(len(x)))
    if y.ndim and len(x) != len(y):
        hint = axes.advise_examples_first(found[x_name].shape, len(y), x_name)
        hint = hint or axes.advise_examples_first(y.shape, len(x), y_name)
        raise InputError(
            f"{x_name} in {path} holds {len(x)} examples, but {y_name} {len(y)}. One label is "
            f"needed for each.{hint}"
        )
    axes.refuse_channels_first(x.shape, x_name, path)
    return x
