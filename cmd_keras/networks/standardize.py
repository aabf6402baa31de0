"""Inputs brought to mean 0 and variance 1 inside the network, which so takes them raw."""

import numpy as np
from keras import KerasTensor, config, layers


def standardize(x: KerasTensor, mean: np.ndarray, variance: np.ndarray) -> KerasTensor:
    """(x - mean) / sqrt(variance), channel by channel or feature by feature.

    A channel that never varies is only centred.

    Args:
        x: `[batch, ..., channels]`.
        mean: `[channels]`.
        variance: `[channels]`.

    Returns:
        A tensor of the shape of `x`.
    """
    scale = 1.0 / np.sqrt(np.where(np.asarray(variance) > 0.0, variance, 1.0))
    # Not `Normalization`, whose constants an exported ONNX file would ask its user for;
    # and two steps, because x * scale - mean * scale loses digits where they are close. In the
    # precision of weights: half of one does not tell 1013 from 1017.
    whole = config.dtype_policy().variable_dtype
    x = layers.Rescaling(1.0, (-np.asarray(mean)).tolist(), name="centred", dtype=whole)(x)
    return layers.Rescaling(scale.tolist(), name="scaled", dtype=whole)(x)
