"""A multi-layer perceptron, for vectors and small images."""

import keras
import numpy as np
from keras import layers

from cmd_keras.networks.logits_layer import add_logits
from cmd_keras.networks.standardize import standardize


def mlp(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
) -> keras.Model:
    """Two hidden layers of 512 rectified units.

    Args:
        input_shape: `(features,)` or `(height, width, channels)`.
        num_classes: Number of logits.
        mean: Of each feature or channel, for the input normalisation.
        variance: Of each feature or channel.
        name: Name of the model.

    Returns:
        A model from raw features or pixels to logits `[batch, num_classes]`.
    """
    inputs = keras.Input(input_shape)
    x = standardize(inputs, mean, variance)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(512, "relu", kernel_initializer="he_normal", name=f"hidden_{i}")(x)
    return keras.Model(inputs, add_logits(x, num_classes), name=name)
