"""A network from what the user calls it: a name, a function, or a file."""

from pathlib import Path

import keras
import numpy as np

from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.networks.named import NETWORKS, PRETRAINED
from cmd_keras.networks.own_file import network_from_file
from cmd_keras.networks.own_function import network_from_function


def check_name(network: str) -> None:
    """Require something that `build` may understand, without building or importing it.

    Args:
        network: As in `build`.

    Raises:
        InputError: if it is neither a known name, nor of the form `module:function`,
            nor an existing file that ends in `.keras`.
    """
    if network in NETWORKS:
        return
    if network.endswith(".keras"):
        if not Path(network).is_file():
            raise InputError(f"There is no file {network!r}. Give the path of a saved network.")
        return
    if network.endswith((".h5", ".hdf5", ".weights", ".json")):
        raise InputError(
            f"{network!r} is not a .keras file. Load the network in Keras and save it with "
            "network.save('network.keras')."
        )
    if ":" in network:
        module, _, function = network.partition(":")
        if all(part.isidentifier() for part in (*module.split("."), function)):
            return
        raise InputError(
            f"{network!r} is not of the form module:function. Write the module as in an import "
            "statement: for the function build in the file own/net.py, own.net:build."
        )
    raise InputError(
        f"Unknown network {network!r}.{did_you_mean(network, NETWORKS)} Known: "
        f"{', '.join(NETWORKS)}. For one of your own, give module:function or a .keras file."
    )


def build(
    network: str,
    input_shape: tuple[int, ...],
    num_classes: int,
    mean: np.ndarray,
    variance: np.ndarray,
    name: str,
    pretrained: bool = False,
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

    Returns:
        A model from raw pixels or features to logits `[batch, num_classes]`.

    Raises:
        InputError: if there is no such network, it does not suit the data, or it has no
            pretrained weights.
    """
    check_name(network)
    if network.endswith(".keras"):
        return network_from_file(network, input_shape, num_classes, name, pretrained)
    if pretrained and network not in PRETRAINED:
        raise InputError(
            f"There are no pretrained weights for {network}, only for {', '.join(PRETRAINED)} and "
            "for .keras files. A function module:function can load weights itself."
        )
    if ":" in network:
        return network_from_function(network, input_shape, num_classes, name)
    if network != "mlp" and len(input_shape) != 3:
        raise InputError(
            f"{network} takes pictures (height, width, channels), and the data have the shape "
            f"{tuple(input_shape)}. Use the network mlp, or one of your own."
        )
    builder = PRETRAINED[network] if pretrained else NETWORKS[network]
    return builder(tuple(input_shape), num_classes, mean, variance, name)
