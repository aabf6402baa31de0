"""Networks for large images, from `keras.applications`.

ResNet-50: He, Zhang, Ren, Sun: Deep residual learning for image recognition.
CVPR 2016. Inception-ResNet-v2: Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4,
Inception-ResNet and the impact of residual connections on learning. AAAI 2017.
"""

import os
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import KerasTensor, ops

from cmd_keras.errors import InputError
from cmd_keras.networks.logits_layer import add_logits


def imagenet_network(
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    *,
    application: Callable[..., keras.Model],
    preprocess: Callable[[KerasTensor], KerasTensor],
    smallest: int,
    weights_file: str | None = None,
) -> keras.Model:
    """A network of `keras.applications` with logits of its own.

    Args:
        input_shape: `(height, width, channels)` with 1 or 3 channels; a single one is
            repeated.
        num_classes: Number of logits.
        mean: Unused: pixels are scaled as they were for ImageNet.
        variance: Unused.
        name: Name of the model.
        application: A function of `keras.applications`.
        preprocess: The `preprocess_input` that belongs to it.
        smallest: Smallest height and width it takes, in pixels.
        weights_file: None draws all weights. Otherwise all but the logits' are those
            trained on ImageNet, which Keras keeps in a file of this name, and downloads
            if it is not there.

    Returns:
        A model from raw pixels, 0 to 255, to logits `[batch, num_classes]`.

    Raises:
        InputError: if the images are too small or have another number of channels,
            or the pretrained weights cannot be had.
    """
    height, width, channels = input_shape
    if min(height, width) < smallest:
        raise InputError(
            f"{application.__name__} takes images of at least {smallest}×{smallest} pixels, "
            f"received {height}×{width}. Enlarge them, for instance with image_size={smallest}, "
            "or choose a network for small images."
        )
    if channels not in (1, 3):
        raise InputError(
            f"{application.__name__} takes grey or RGB images, with 1 or 3 channels, received "
            f"{channels} channels. Choose another network."
        )
    options = {"include_top": False, "input_shape": (height, width, 3), "pooling": "avg"}
    if weights_file is None:
        backbone = application(weights=None, **options)
    else:
        backbone = _pretrained(application, options, weights_file)
    inputs = keras.Input(input_shape)
    x = inputs if channels == 3 else ops.repeat(inputs, 3, axis=-1)
    x = backbone(preprocess(x))
    return keras.Model(inputs, add_logits(x, num_classes), name=name)


def _pretrained(
    application: Callable[..., keras.Model], options: dict, weights_file: str
) -> keras.Model:
    try:
        return application(weights="imagenet", **options)
    # Keras raises a bare Exception when a download fails.
    except Exception as error:
        folder = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
        raise InputError(
            f"The ImageNet weights of {application.__name__} could not be had: {error}. Keras "
            f"looks for them in {folder / weights_file}, and downloads them if they are not "
            "there. Copy that file there from a machine with a network, or train from scratch "
            "without pretrained weights."
        ) from error
