"""A network from what the user calls it: a name, a function, or a file."""

from collections.abc import Collection

import keras
import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.networks.named import NETWORKS, PRETRAINED
from cmd_keras.networks.names import (
    check_name,
    check_pretrained,
    check_takes_features,
    is_function,
)
from cmd_keras.networks.user_network.file import load_network
from cmd_keras.networks.user_network.function import call_function


def build(
    network: str,
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    pretrained: bool = False,
    trusted: Collection[str] = (),
) -> keras.Model:
    """Build a network.

    Its weights are drawn from Keras's global generator: after
    `keras.utils.set_random_seed` they depend on the seed and on what was built before.

    Args:
        network: A name in `NETWORKS`; or `module:function`, which is imported and called
            as `function(input_shape, num_classes)`; or the path of a `.keras` file.
        input_shape: `(height, width, channels)`, or `(features,)`.
        num_classes: Number of logits.
        mean: Of each channel or feature, for the input normalisation. A network of the
            user's own normalises its input itself.
        variance: Of each channel or feature.
        name: Name of the model.
        pretrained: Whether to start from weights trained on ImageNet, or from those in
            the file.
        trusted: The functions that may be imported: every `module:function` that the user
            has named, and not a file alone.

    Returns:
        A model from raw pixels or features to logits `[batch, num_classes]`.

    Raises:
        InputError: if there is no such network, it does not suit the data, it has no
            pretrained weights, it is a function that is not trusted, or Keras is set to
            images with their channels first.
    """
    check_name(network)
    if keras.config.image_data_format() != "channels_last":
        raise InputError(
            "Images are [height, width, channels] here, and Keras is set to channels_first. Set "
            '"image_data_format": "channels_last" in its keras.json, or call '
            'keras.config.set_image_data_format("channels_last").'
        )
    if network.endswith(".keras"):
        return load_network(network, input_shape, num_classes, name, pretrained)
    if pretrained:
        check_pretrained(network)
    if is_function(network):
        return call_function(network, input_shape, num_classes, name, trusted)
    if len(input_shape) != 3:
        check_takes_features(network)
    builder = PRETRAINED[network] if pretrained else NETWORKS[network]
    return builder(tuple(input_shape), num_classes, mean, variance, name)
