"""Residual networks for small pictures.

He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016.
Batch normalisation is set as in the framework of the CMD paper: momentum 0.9 in
Keras's terms (0.1 in PyTorch's) and epsilon 1e-5. Convolutions are He-normal.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

Tensor = keras.KerasTensor


def resnet(
    image_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    *,
    filters: tuple[int, ...],
    blocks: tuple[int, ...],
    shortcut: Callable[[Tensor, int, int], Tensor],
) -> keras.Model:
    """Basic blocks of two 3×3 convolutions after a 3×3 stem of stride 1.

    Args:
        image_shape: `(height, width, channels)`.
        num_classes: Number of logits.
        mean: Of each channel, for the input normalisation.
        variance: Of each channel.
        name: Name of the model.
        filters: Filters of each stage. Every stage but the first halves the picture.
        blocks: Blocks in each stage.
        shortcut: `padded_shortcut` or `projected_shortcut`.

    Returns:
        A model from raw pixels to logits `[batch, num_classes]`.
    """
    inputs = keras.Input(image_shape)
    x = layers.Normalization(mean=mean, variance=variance, name="normalization")(inputs)
    x = layers.ReLU()(_convolution(x, filters[0], 3, 1))
    for stage, (width, count) in enumerate(zip(filters, blocks, strict=True)):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            residual = layers.ReLU()(_convolution(x, width, 3, stride))
            residual = _convolution(residual, width, 3, 1)
            x = layers.ReLU()(layers.Add()([shortcut(x, width, stride), residual]))
    x = layers.GlobalAveragePooling2D()(x)
    # float32 even under mixed precision: entropies are taken from the logits.
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def _convolution(x: Tensor, filters: int, size: int, stride: int) -> Tensor:
    # Padding is explicit because "same" pads a strided convolution on the far
    # side only, where the paper's framework pads both.
    x = layers.ZeroPadding2D(size // 2)(x) if size > 1 else x
    x = layers.Conv2D(filters, size, stride, use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def padded_shortcut(x: Tensor, filters: int, stride: int) -> Tensor:
    """Option A of He et al.: every second pixel, new channels zero, no parameters."""
    if stride == 1:
        return x
    new = filters - x.shape[-1]
    return ops.pad(
        x[:, ::stride, ::stride, :], ((0, 0), (0, 0), (0, 0), (new // 2, new - new // 2))
    )


def projected_shortcut(x: Tensor, filters: int, stride: int) -> Tensor:
    """Option B of He et al.: a 1×1 convolution where the shape changes."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    return _convolution(x, filters, 1, stride)
