"""A small convolutional network that a CPU trains in minutes."""

import keras
import numpy as np
from keras import layers

from cmd_keras.networks.logits_layer import add_logits
from cmd_keras.networks.standardize import standardize


def cnn(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
) -> keras.Model:
    """Three strided 3×3 convolutions of 16, 32 and 64 filters and a hidden layer of 128.

    A million multiplications for an image of 32×32×3, a twelfth of `resnet8`'s. It has no
    normalisation and no global pooling: without augmentation it memorises most of 10,000 images.

    Args:
        input_shape: `(height, width, channels)`.
        num_classes: Number of logits.
        mean: Of each channel, for the input normalisation.
        variance: Of each channel.
        name: Name of the model.

    Returns:
        A model from raw pixels to logits `[batch, num_classes]`.
    """
    inputs = keras.Input(input_shape)
    x = standardize(inputs, mean, variance)
    for i, filters in enumerate((16, 32, 64), 1):
        x = layers.Conv2D(
            filters,
            3,
            2,
            "same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"convolution_{i}",
        )(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, "relu", kernel_initializer="he_normal", name="hidden")(x)
    return keras.Model(inputs, add_logits(x, num_classes), name=name)
