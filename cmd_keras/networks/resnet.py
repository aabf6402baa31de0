"""Residual networks for small images.

He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from cmd_keras.networks.convolution import convolution
from cmd_keras.networks.standardized import standardized

Tensor = keras.KerasTensor


def resnet(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    *,
    filters: tuple[int, ...],
    blocks: tuple[int, ...],
    residual: Callable[[Tensor, int, int], Tensor],
    shortcut: Callable[[Tensor, int, int], Tensor],
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
    x = standardized(inputs, mean, variance)
    x = layers.ReLU()(convolution(x, filters[0], 3))
    for stage, (width, count) in enumerate(zip(filters, blocks, strict=True)):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            added = residual(x, width, stride)
            x = layers.ReLU()(layers.Add()([shortcut(x, added.shape[-1], stride), added]))
    x = layers.GlobalAveragePooling2D()(x)
    # float32 even under mixed precision: entropies are taken from the logits.
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def basic_residual(x: Tensor, filters: int, stride: int) -> Tensor:
    """Two 3×3 convolutions, figure 5 of He et al., left."""
    x = layers.ReLU()(convolution(x, filters, 3, stride))
    return convolution(x, filters, 3)


def bottleneck_residual(x: Tensor, filters: int, stride: int) -> Tensor:
    """1×1, 3×3 and 1×1 convolutions, the last four times as wide; figure 5, right.

    The stride is that of the 3×3 convolution, as in PyTorch, not of the first 1×1,
    which would never see three quarters of the pixels.
    """
    x = layers.ReLU()(convolution(x, filters, 1))
    x = layers.ReLU()(convolution(x, filters, 3, stride))
    return convolution(x, 4 * filters, 1)


def padded_shortcut(x: Tensor, filters: int, stride: int) -> Tensor:
    """Option A of He et al.: every second pixel, new channels zero, no parameters."""
    if stride == 1:
        return x
    new = filters - x.shape[-1]
    # A mean over one pixel, because a slice with a stride and its gradient are slow.
    x = layers.AveragePooling2D(1, stride)(x)
    return ops.pad(x, ((0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)))


def projected_shortcut(x: Tensor, filters: int, stride: int) -> Tensor:
    """Option B of He et al.: a 1×1 convolution where the shape changes."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    return convolution(x, filters, 1, stride)
