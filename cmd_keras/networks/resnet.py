"""Residual networks for small images.

He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from cmd_keras.networks.convolution import convolution
from cmd_keras.networks.logits_layer import add_logits
from cmd_keras.networks.standardize import standardize


def resnet(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    *,
    filters: tuple[int, ...],
    blocks: tuple[int, ...],
    residual: Callable[[KerasTensor, int, int], KerasTensor],
    shortcut: Callable[[KerasTensor, int, int], KerasTensor],
) -> keras.Model:
    """Residual blocks after a 3×3 stem of stride 1, without max pooling.

    Args:
        input_shape: `(height, width, channels)`.
        num_classes: Number of logits.
        mean: Of each channel, for the input normalisation.
        variance: Of each channel.
        name: Name of the model.
        filters: Filters of each stage. Every stage but the first halves the image.
        blocks: Blocks in each stage.
        residual: What a block adds: `basic_residual` or `bottleneck_residual`.
        shortcut: What it is added to: `padded_shortcut` or `projected_shortcut`.

    Returns:
        A model from raw pixels to logits `[batch, num_classes]`.
    """
    inputs = keras.Input(input_shape)
    x = standardize(inputs, mean, variance)
    x = layers.ReLU()(convolution(x, filters[0], 3))
    for stage, (width, count) in enumerate(zip(filters, blocks, strict=True)):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            added = residual(x, width, stride)
            x = layers.ReLU()(layers.Add()([shortcut(x, added.shape[-1], stride), added]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, add_logits(x, num_classes), name=name)


def basic_residual(x: KerasTensor, filters: int, stride: int) -> KerasTensor:
    """Two 3×3 convolutions, figure 5 of He et al., left.

    Args:
        x: `[batch, height, width, channels]`.
        filters: Of each convolution.
        stride: Of the first one.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), filters]`.
    """
    x = layers.ReLU()(convolution(x, filters, 3, stride))
    return convolution(x, filters, 3)


def bottleneck_residual(x: KerasTensor, filters: int, stride: int) -> KerasTensor:
    """1×1, 3×3 and 1×1 convolutions, the last four times as wide; figure 5, right.

    The stride is that of the 3×3 convolution, as in PyTorch, not of the first 1×1,
    which would never see three quarters of the pixels.

    Args:
        x: `[batch, height, width, channels]`.
        filters: Of the first two convolutions.
        stride: Of the second one.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), 4 * filters]`.
    """
    x = layers.ReLU()(convolution(x, filters, 1))
    x = layers.ReLU()(convolution(x, filters, 3, stride))
    return convolution(x, 4 * filters, 1)


def padded_shortcut(x: KerasTensor, filters: int, stride: int) -> KerasTensor:
    """Option A of He et al.: every second pixel, new channels zero, no parameters.

    Args:
        x: `[batch, height, width, channels]`.
        filters: Channels of what is added; as many as `x` has, where the stride is 1.
        stride: 1 or 2.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), filters]`.
    """
    if stride == 1:
        return x
    new = filters - x.shape[-1]
    # A mean over one pixel, because a slice with a stride and its gradient are slow.
    x = layers.AveragePooling2D(1, stride)(x)
    return ops.pad(x, ((0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)))


def projected_shortcut(x: KerasTensor, filters: int, stride: int) -> KerasTensor:
    """Option B of He et al.: a 1×1 convolution where the shape changes.

    Args:
        x: `[batch, height, width, channels]`.
        filters: Channels of what is added.
        stride: 1 or 2.

    Returns:
        `[batch, ceil(height / stride), ceil(width / stride), filters]`.
    """
    if stride == 1 and x.shape[-1] == filters:
        return x
    return convolution(x, filters, 1, stride)
