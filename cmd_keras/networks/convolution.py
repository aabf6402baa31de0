"""Convolutions followed by batch normalisation, as the networks here use them.

Batch normalisation is set as in the framework of the CMD paper: momentum 0.9 in
Keras's terms (0.1 in PyTorch's) and epsilon 1e-5. Weights are He-normal.
"""

import keras
from keras import KerasTensor, layers

from cmd_keras.networks.batch_normalization import BatchNormalization


def convolution(x: KerasTensor, filters: int, size: int, stride: int = 1) -> KerasTensor:
    """A convolution without bias, normalised.

    Args:
        x: `[batch, height, width, channels]`.
        filters: Channels of the result.
        size: Height and width of the kernel, odd.
        stride: In both directions.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), filters]`.
    """
    x, padding = _padded(x, size, stride)
    x = layers.Conv2D(
        filters, size, stride, padding, use_bias=False, kernel_initializer="he_normal"
    )(x)
    return BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def depthwise_convolution(x: KerasTensor, size: int, stride: int = 1) -> KerasTensor:
    """A convolution of each channel on its own, without bias, normalised.

    Args:
        x: `[batch, height, width, channels]`.
        size: Height and width of the kernel, odd.
        stride: In both directions.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), channels]`.
    """
    # "he_normal" would take all channels for the fan-in of a depthwise kernel; what
    # Keras calls its fan-out is the fan-in that He et al. mean.
    he_normal = keras.initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")
    x, padding = _padded(x, size, stride)
    x = layers.DepthwiseConv2D(
        size, stride, padding, use_bias=False, depthwise_initializer=he_normal
    )(x)
    return BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _padded(x: KerasTensor, size: int, stride: int) -> tuple[KerasTensor, str]:
    # Padding is explicit because "same" pads a strided convolution on the far
    # side only, where the paper's framework pads both. At stride 1 it pads both
    # sides too, and makes no copy of the activations.
    if stride == 1:
        return x, "same"
    return layers.ZeroPadding2D(size // 2)(x) if size > 1 else x, "valid"
