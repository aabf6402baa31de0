"""Which examples of an array, of whatever library, hold something that is no number."""

from typing import Any

import numpy as np
import pandas as pd


def is_array(value: Any) -> bool:
    """Whether it is an array or tensor, dense or sparse, and no stream of batches."""
    return hasattr(value, "shape") and any(
        hasattr(value, name) for name in ("__array__", "tocsr", "indices", "to_tensor")
    )


def is_sparse(array: Any) -> bool:
    """Whether an array stores some of its values only: that of SciPy, TensorFlow or JAX."""
    return not hasattr(array, "__array__") and not hasattr(array, "to_tensor")


def as_numpy(array: Any) -> np.ndarray:
    """The values of an array that is not sparse; missing ones are NaN or NA, or masked."""
    if isinstance(array, np.ndarray):
        return array
    if hasattr(array, "to_numpy"):
        return array.to_numpy()
    if hasattr(array, "to_tensor"):
        return array.to_tensor().numpy()
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        # NumPy has no bfloat16. float32 holds it.
        array = array.float() if array.is_floating_point() else array
    return np.asarray(array)


def finite_examples(array: Any) -> np.ndarray:
    """Which examples hold neither NaN, nor infinity, nor a missing or masked value.

    Args:
        array: `is_array`, `[n, ...]`.

    Returns:
        `[n]`, bools.
    """
    if not is_sparse(array):
        values = as_numpy(array)
        if values.dtype.kind in "iub" and not np.ma.isMaskedArray(values):
            return np.ones(len(values), bool)
        return _finite(values).all(axis=tuple(range(1, values.ndim)))
    if hasattr(array, "tocoo"):
        coordinates = array.tocoo()
        examples, values = coordinates.row, coordinates.data
    else:
        values = array.values if hasattr(array, "values") else array.data
        examples = np.asarray(array.indices)[:, 0]
    finite = np.ones(array.shape[0], bool)
    finite[examples[~_finite(np.asarray(values))]] = False
    return finite


def _finite(values: np.ndarray) -> np.ndarray:
    if np.ma.isMaskedArray(values):
        return ~np.ma.getmaskarray(values) & _finite(np.ma.getdata(values))
    finite = np.ones(values.shape, bool)
    if values.dtype == object:
        numbers = [not isinstance(v, (float, np.floating)) or np.isfinite(v) for v in values.flat]
        return finite & ~pd.isna(values) & np.reshape(numbers, values.shape)
    if values.dtype.kind == "c" or "float" in values.dtype.name:
        return finite & np.isfinite(values)
    return finite
