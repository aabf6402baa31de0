"""ShuffleNetV2 for small images.

Ma, Zhang, Zheng, Sun: ShuffleNet V2: practical guidelines for efficient CNN
architecture design. ECCV 2018.
"""

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from cmd_keras.networks.convolution import convolution, depthwise_convolution
from cmd_keras.networks.logits_layer import add_logits
from cmd_keras.networks.standardize import standardize

# Table 5 of Ma et al.
_STEM = 24
_BLOCKS = (4, 8, 4)
_LAST = 1024


def shufflenet_v2(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    *,
    filters: tuple[int, int, int],
) -> keras.Model:
    """Table 5 of Ma et al. with a stem of stride 1 and no max pooling.

    That is the usual form for 32×32 images; parameters are those of the original.

    Args:
        input_shape: `(height, width, channels)`.
        num_classes: Number of logits.
        mean: Of each channel, for the input normalisation.
        variance: Of each channel.
        name: Name of the model.
        filters: Channels of stages 2, 3 and 4, even numbers. Every stage halves the
            image.

    Returns:
        A model from raw pixels to logits `[batch, num_classes]`.
    """
    inputs = keras.Input(input_shape)
    x = standardize(inputs, mean, variance)
    x = layers.ReLU()(convolution(x, _STEM, 3))
    for width, count in zip(filters, _BLOCKS, strict=True):
        x = _halving_unit(x, width)
        for _ in range(count - 1):
            x = _basic_unit(x)
    x = layers.ReLU()(convolution(x, _LAST, 1))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, add_logits(x, num_classes), name=name)


def _basic_unit(x: KerasTensor) -> KerasTensor:
    """Figure 3 (c): one half of the channels passes unchanged."""
    left, right = ops.split(x, 2, axis=-1)
    return shuffle_channels(left, _branch(right, right.shape[-1], stride=1))


def _halving_unit(x: KerasTensor, filters: int) -> KerasTensor:
    """Figure 3 (d): both branches see all channels and every second pixel."""
    left = depthwise_convolution(x, 3, stride=2)
    left = layers.ReLU()(convolution(left, filters // 2, 1))
    return shuffle_channels(left, _branch(x, filters // 2, stride=2))


def _branch(x: KerasTensor, filters: int, stride: int) -> KerasTensor:
    x = layers.ReLU()(convolution(x, filters, 1))
    x = depthwise_convolution(x, 3, stride)
    return layers.ReLU()(convolution(x, filters, 1))


def shuffle_channels(left: KerasTensor, right: KerasTensor) -> KerasTensor:
    """The two branches joined and their channels shuffled in two groups.

    Joining, then shuffling in as many groups as were joined, is interleaving.

    Args:
        left: `[batch, height, width, channels]`.
        right: The same shape.

    Returns:
        `[batch, height, width, 2 * channels]`: the first channel of `left`, the first
        of `right`, the second of `left`, and so on.
    """
    *image, channels = left.shape[1:]
    return layers.Reshape((*image, 2 * channels))(ops.stack([left, right], axis=-1))
