"""Two peers, from what the user calls their network."""

from typing import Any

import keras

from cmd_keras import networks
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.statistics import measure_inputs
from cmd_keras.errors import InputError
from cmd_keras.networks.names import NAMES
from cmd_keras.networks.user_network.function import called
from cmd_keras.peers import begin_alike
from cmd_keras.run.settings.choice import check_choice


def draw_peers(
    network: Any, inputs: ArrayInputs, num_classes: int
) -> tuple[keras.Model, keras.Model]:
    """Both peers, with weights of their own, drawn from Keras's global generator.

    Args:
        network: A name of a network, or a function `(input_shape, num_classes)`.
        inputs: Give the shape, and the statistics of the input normalisation.
        num_classes: Number of logits.

    Raises:
        InputError: if there is no such network, it does not fit, or both would begin with
            the same weights.
    """
    if isinstance(network, str):
        check_choice("network", network, NAMES)
    elif not callable(network):
        raise InputError(
            f"network must be one of {', '.join(NAMES)}, or a function that returns a keras.Model, "
            f"received {network!r}."
        )
    peer_a, peer_b = (_drawn(network, inputs, num_classes, name) for name in ("peer_a", "peer_b"))
    if begin_alike(peer_a, peer_b):
        raise InputError(
            "Both peers begin with the same weights, so they would stay one network and have "
            f"nothing to teach each other. Do not fix the seeds of initialisers in {network!r}."
        )
    return peer_a, peer_b


def _drawn(network: Any, inputs: ArrayInputs, num_classes: int, name: str) -> keras.Model:
    if callable(network):
        what = getattr(network, "__qualname__", repr(network))
        return called(network, what, inputs.shape, num_classes, name)
    mean, variance = measure_inputs(inputs)
    return networks.build(network, inputs.shape, num_classes, mean, variance, name)
