"""Arrays of the user's, in an npz file."""

import numpy as np

from cmd_keras.data import npz_file, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import ArrayFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.errors import InputError

# Colour pictures from this side on are taken for photographs.
_PHOTO_SIDE = 16


def load(path: str, test_split: float = 0.2) -> Dataset:
    """The data set in an npz file.

    It holds `x_train`, `y_train`, `x_test`, `y_test`, or `x` and `y`, of which a
    test part is held out: the same one in every run, and as mislabelled as the rest.
    x are pictures `[n, height, width(, channels)]` or vectors `[n, features]`. y are
    integers, texts, or one-hot rows `[n, C]`. `class_names`, if it is there, names
    the labels 0 … C-1.

    Args:
        path: The file.
        test_split: Part that is held out where the file holds `x` and `y`.

    Raises:
        InputError: if the file is broken, or the arrays do not fit together.
    """
    found = npz_file.arrays(path)
    if "x_train" in found:
        x_train, x_test = (npz_file.inputs(found, k, path) for k in ("x_train", "x_test"))
        y_train, y_test = (_labels(found, k, path) for k in ("y_train", "y_test"))
        _check_lengths(x_train, y_train, "x_train", "y_train", path)
        _check_lengths(x_test, y_test, "x_test", "y_test", path)
        class_names, together = _numbered(
            np.concatenate([y_train, y_test]) if _alike(y_train, y_test, path) else y_train,
            found.get("class_names"),
            path,
        )
        y_train, y_test = together[: len(y_train)], together[len(y_train) :]
        name, train_index = "x_train", np.arange(len(y_train))
    elif "x" in found:
        x, y = npz_file.inputs(found, "x", path), _labels(found, "y", path)
        _check_lengths(x, y, "x", "y", path)
        class_names, y = _numbered(y, found.get("class_names"), path)
        held_out = split.test_part(y, test_split)
        x_train, x_test, y_train, y_test = x[~held_out], x[held_out], y[~held_out], y[held_out]
        name, train_index = "x", np.flatnonzero(~held_out)
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
    return Dataset(
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
        input_format=ArrayFormat(shape),
    )


def _check_lengths(x: np.ndarray, y: np.ndarray, x_name: str, y_name: str, path: str) -> None:
    if len(x) != len(y):
        raise InputError(
            f"{x_name} in {path} holds {len(x)} examples, but {y_name} {len(y)}. One label is "
            "needed for each."
        )


def _labels(found: dict[str, np.ndarray], name: str, path: str) -> np.ndarray:
    """Labels as they are in the file: `[n]`, or one-hot `[n, C]`."""
    if name not in found:
        raise InputError(f"{path} holds {', '.join(sorted(found))}; {name} is missing.")
    y = found[name]
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if (
        y.ndim not in (1, 2)
        or y.dtype.kind not in "biufUS"
        or (y.ndim == 2 and y.dtype.kind in "US")
    ):
        raise InputError(
            f"{name} in {path} must be integers or texts [n], or one-hot [n, C], received "
            f"{y.dtype} of the shape {list(y.shape)}."
        )
    if y.ndim == 2 and not (((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()):
        raise InputError(
            f"{name} in {path} is not one-hot: each row must hold a single 1 and else 0. For soft "
            "labels take their most probable class: y.argmax(axis=1)."
        )
    if y.dtype.kind == "f" and y.ndim == 1 and not (np.isfinite(y) & (y == np.round(y))).all():
        raise InputError(
            f"{name} in {path} holds fractions or NaN; labels are classes, integers or texts."
        )
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    return y if y.dtype.kind == "U" or y.ndim == 2 else y.astype(np.int64)


def _alike(y_train: np.ndarray, y_test: np.ndarray, path: str) -> bool:
    same_kind = (y_train.dtype.kind == "U") == (y_test.dtype.kind == "U")
    if same_kind and y_train.shape[1:] == y_test.shape[1:]:
        return True
    raise InputError(
        f"y_train and y_test in {path} are written differently: {y_train.dtype} of the shape "
        f"{list(y_train.shape)} and {y_test.dtype} of the shape {list(y_test.shape)}."
    )


def _numbered(
    y: np.ndarray, names: np.ndarray | None, path: str
) -> tuple[tuple[str, ...], np.ndarray]:
    """Class names, and labels 0 … C-1."""
    if y.ndim == 2:
        if names is None:
            names = np.arange(y.shape[1])
        elif len(names) != y.shape[1]:
            raise InputError(
                f"class_names in {path} names {len(names)} classes, but one-hot labels have "
                f"{y.shape[1]} columns."
            )
        y = y.argmax(axis=1)
    if names is None:
        names, y = np.unique(y, return_inverse=True)
    elif y.dtype.kind == "U":
        raise InputError(
            f"class_names in {path} names the labels 0, 1 …, but the labels are texts already. "
            "Leave it out."
        )
    elif len(y) and not 0 <= y.min() <= y.max() < len(names):
        raise InputError(
            f"class_names in {path} names the labels 0 … {len(names) - 1}, but there are labels "
            f"from {y.min()} to {y.max()}."
        )
    if names.dtype.kind == "S":
        names = np.char.decode(names, "utf-8", "replace")
    return tuple(str(name) for name in names.tolist()), y.astype(np.int64)
