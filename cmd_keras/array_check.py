"""Arrays are looked at once, before training; streams cannot be."""

import math
import numbers
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pandas as pd

from cmd_keras.finite import as_numpy, finite_examples, is_array, is_sparse
from cmdcore import Method

# What `fit` takes where nothing is said.
_BATCH_OF_KERAS = 32


def check_fit(arguments: Mapping[str, Any], num_classes: int | None, method: Method) -> None:
    """Require data that `fit` can learn from.

    Args:
        arguments: All that `fit` was given, by name.
        num_classes: C, or None if it is not known yet.
        method: How it learns.

    Raises:
        ValueError: naming the first offending sample, label or class, or that batches are
            too small for the method.
    """
    check_batches(arguments, num_classes, method)
    x, y = arguments.get("x"), arguments.get("y")
    check_arrays(x, y, arguments.get("sample_weight"), num_classes)
    check_validation(arguments, num_classes)
    if arguments.get("class_weight") is not None:
        check_class_weight(arguments["class_weight"], num_classes)


def check_batches(arguments: Mapping[str, Any], num_classes: int | None, method: Method) -> None:
    """Require batches that are large enough for the method, if they are made of arrays.

    Args:
        arguments: All that `fit` was given, by name.
        num_classes: C, or None if it is not known yet.
        method: How it learns.

    Raises:
        ValueError: if they are not.
    """
    if num_classes is not None and arguments.get("y") is not None:
        method.check_batch_size(arguments.get("batch_size") or _BATCH_OF_KERAS, num_classes)


def check_validation(arguments: Mapping[str, Any], num_classes: int | None) -> None:
    """Require validation data that can be measured on, if they are given as arrays.

    Args:
        arguments: All that `fit` was given, by name.
        num_classes: C, or None if it is not known yet.

    Raises:
        ValueError: as `check_arrays`.
    """
    validation = arguments.get("validation_data")
    if isinstance(validation, (tuple, list)):
        check_arrays(*keras.utils.unpack_x_y_sample_weight(validation), num_classes)


def check_arrays(x: Any, y: Any, sample_weight: Any, num_classes: int | None) -> None:
    """Require inputs and labels that belong together, as far as they are no streams.

    Args:
        x: What `fit` calls so.
        y: What `fit` calls so, or None.
        sample_weight: What `fit` calls so, or None.
        num_classes: C, or None if it is not known yet: then labels are not looked at.

    Raises:
        ValueError: naming the first offending sample or label, or that labels are missing.
    """
    check_inputs(x, sample_weight)
    if y is None and any(map(is_array, keras.tree.flatten(x))):
        raise ValueError("Labels are missing: received an array x without y.")
    if y is not None and num_classes is not None:
        check_labels(y, num_classes)


def check_inputs(inputs: Any, sample_weight: Any = None) -> None:
    """Require samples, and no NaN, infinity or missing value in arrays and tensors.

    Args:
        inputs: What `fit` calls `x`: an array of any library that Keras takes, or arrays in
            a list or dictionary. Streams, such as `tf.data`, are not looked at.
        sample_weight: What `fit` calls so.

    Raises:
        ValueError: naming the first offending sample.
    """
    if inputs is not None and not keras.tree.flatten(inputs):
        raise ValueError(f"There are no samples: received {inputs!r}.")
    for array in keras.tree.flatten((inputs, sample_weight)):
        if isinstance(array, (numbers.Number, str, bytes)) or getattr(array, "shape", None) == ():
            raise ValueError(
                f"Inputs and their weights must be arrays, received a list that holds {array!r}. "
                "Convert it with numpy.asarray first."
            )
        if is_array(array):
            _check_samples(array)
    if is_array(sample_weight) and math.prod(sample_weight.shape[1:]) != 1:
        raise ValueError(
            "sample_weight must hold one number a sample, received the shape "
            f"{tuple(sample_weight.shape)}."
        )


def check_class_weight(class_weight: Any, num_classes: int | None) -> None:
    """Require a finite weight for each of some classes.

    Args:
        class_weight: What `fit` calls so.
        num_classes: C, or None if it is not known yet.

    Raises:
        ValueError: naming the first offending class.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            "class_weight must be a dictionary such as {0: 1.0, 1: 2.5}, received "
            f"{type(class_weight).__name__}. Of an array make one with "
            "dict(enumerate(class_weight))."
        )
    for label, weight in class_weight.items():
        known = label in range(num_classes) if num_classes else isinstance(label, numbers.Integral)
        if not known:
            last = num_classes - 1 if num_classes else "C-1"
            raise ValueError(
                f"class_weight has a weight for {label!r}, and the peers tell the classes "
                f"0 … {last} apart. Give it for these numbers; a class without one has 1.0."
            )
        if not isinstance(weight, numbers.Real) or not math.isfinite(weight):
            raise ValueError(
                f"class_weight must hold finite numbers, and has {weight!r} for class {label}."
            )


def check_labels(labels: Any, num_classes: int) -> None:
    """Require class indices 0 … C-1 or distributions over C classes.

    Args:
        labels: `[n]` or `[n, 1]` indices, or `[n, C]` one-hot or soft labels, in an array of
            any library that Keras takes.
        num_classes: C.

    Raises:
        ValueError: naming the first offending label, where it stands and what
            was expected.
    """
    if not is_array(labels) or is_sparse(labels):
        raise ValueError(
            f"Labels must be one dense array, received {type(labels).__name__}. Convert a list "
            "with numpy.asarray, a sparse matrix with toarray()."
        )
    values = as_numpy(labels)
    if len(values.shape) == 0 or len(values) == 0:
        raise ValueError(f"There are no labels: received an array of the shape {values.shape}.")
    if np.ma.getmaskarray(values).any():
        _refuse_missing(~np.ma.getmaskarray(values).reshape(len(values), -1).any(axis=1))
    if values.ndim == 2 and values.shape[1] == num_classes:
        _check_distributions(values)
    elif values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 1):
        _check_indices(values.reshape(-1), num_classes)
    else:
        raise ValueError(
            f"Labels must have the shape (n,), (n, 1) or (n, {num_classes}) for {num_classes} "
            f"classes, received {values.shape}."
        )
    _check_dtype("Labels", labels, "int64" if values.ndim == 1 else "float32")


def _check_samples(array: Any) -> None:
    shape = tuple(array.shape)
    if shape[0] == 0:
        raise ValueError(f"There are no samples: received an array of shape {shape}.")
    if 0 in shape:
        raise ValueError(f"The samples hold no values: received an array of shape {shape}.")
    finite = finite_examples(array)
    if not finite.all():
        raise ValueError(
            f"{int((~finite).sum())} of {len(finite)} samples or their weights contain NaN, "
            f"infinity or missing values, the first is sample {int(np.argmin(finite))}. Remove or "
            "repair them."
        )
    _check_dtype("Inputs or weights", array, "float32")


def _check_dtype(what: str, array: Any, wanted: str) -> None:
    """Say in words of ours what Keras would call an invalid dtype."""
    if not isinstance(array, np.ndarray) and not hasattr(array, "to_numpy"):
        return
    found = array.dtypes if isinstance(array, pd.DataFrame) else [array.dtype]
    values = as_numpy(array)
    # TensorFlow has strings, in NumPy arrays of objects.
    texts = type(array) is np.ndarray and array.dtype == object
    texts = texts and all(isinstance(value, str) for value in values.flat)
    unknown = [dtype for dtype in found if not _known_to_keras(dtype)]
    if not texts and (values.dtype == object or unknown):
        names = ", ".join(sorted({str(dtype) for dtype in unknown or found}))
        raise ValueError(
            f"{what} have the dtype {names}, which Keras does not take. Convert them, with "
            f"astype({wanted!r})."
        )


def _known_to_keras(dtype: Any) -> bool:
    try:
        keras.backend.standardize_dtype(str(dtype))
    except ValueError:
        return False
    return True


def _refuse_missing(given: np.ndarray) -> None:
    if not given.all():
        raise ValueError(
            f"{int((~given).sum())} of {len(given)} labels are missing (NaN, NA or masked), the "
            f"first is label {int(np.argmin(given))}. Remove these samples, or label them."
        )


def _check_indices(labels: np.ndarray, num_classes: int) -> None:
    _refuse_missing(~pd.isna(labels))
    if labels.dtype == object and all(isinstance(label, numbers.Real) for label in labels):
        labels = labels.astype(float)
    if labels.dtype.kind not in "iufb":
        raise ValueError(
            f"Class labels must be integers 0 … {num_classes - 1}, received {labels.dtype} "
            f"such as {labels[0]!r}. Number the class names first, e.g. with "
            "numpy.unique(labels, return_inverse=True)."
        )
    wrong = (labels < 0) | (labels >= num_classes) | (labels != np.floor(labels))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{int(wrong.sum())} of {len(labels)} labels are out of range: label {first} is "
            f"{labels[first]}, and the peers tell the classes 0 … {num_classes - 1} apart."
        )


def _check_distributions(labels: np.ndarray) -> None:
    if labels.dtype.kind not in "iufb":
        try:
            labels = labels.astype(float)
        except (TypeError, ValueError):
            raise ValueError(
                f"Labels of the shape {labels.shape} must be distributions of numbers, received "
                f"{labels.dtype} such as {labels.flat[0]!r}."
            ) from None
    wrong = ~np.isfinite(labels).all(axis=1) | (labels < 0).any(axis=1)
    wrong |= np.abs(labels.sum(axis=1, dtype=np.float64) - 1.0) > 1e-3
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{int(wrong.sum())} of {len(labels)} rows are not distributions (no negative entry, "
            f"sum 1): row {first} is {np.array2string(labels[first], threshold=8)}, with sum "
            f"{labels[first].sum():.6g}."
        )
