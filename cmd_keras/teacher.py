"""A teacher: frozen networks, and what they say together of a batch."""

import functools
import math
from typing import Any

import keras
from keras import ops

import cmdcore
from cmd_keras.logits import is_softmax, probabilities_behind, source_of_probabilities
from cmd_keras.peers import compatible, num_classes, shapes
from cmdcore import Method, Taught
from cmdcore.tensor import Tensor

# The least normal number of float32, whose logarithm is -87.
_TINY = 1.1754944e-38


def networks_of(teacher: Any) -> list[keras.Model]:
    """The networks that a teacher consists of.

    Args:
        teacher: A network; a distiller, which is its two peers; several of them; or None.

    Raises:
        TypeError: if it is anything else.
    """
    if teacher is None:
        return []
    if isinstance(teacher, (list, tuple)):
        return [network for one in teacher for network in networks_of(one)]
    if not isinstance(teacher, keras.Model):
        raise TypeError(f"teacher must be a keras.Model, received {type(teacher).__name__}.")
    peers = [getattr(teacher, name, None) for name in ("peer_a", "peer_b")]
    return peers if all(isinstance(peer, keras.Model) for peer in peers) else [teacher]


def check_teacher(
    networks: list[keras.Model], method: Method, peer_a: keras.Model, peer_b: keras.Model
) -> None:
    """Require networks that can teach these peers.

    Shapes that are not known before the first batch are checked then.

    Args:
        networks: Of the teacher; none, if there is none.
        method: How the peers learn.
        peer_a: The first student.
        peer_b: The second student.

    Raises:
        ValueError: if the method has no teacher; or a network shares weights with a peer,
            takes other inputs, tells other classes apart, or says neither logits nor
            probabilities of exclusive classes.
    """
    if networks and not isinstance(method, Taught):
        raise ValueError(f"teacher has no effect with {method}, which learns from none.")
    learning = {id(v) for peer in (peer_a, peer_b) for v in peer.variables}
    takes = next(filter(None, (shapes(peer, "inputs") for peer in (peer_a, peer_b))), [])
    classes = num_classes(peer_a, peer_b)
    for network in networks:
        if learning & {id(v) for v in network.variables}:
            raise ValueError(
                "The teacher and a peer share weights: it would learn, too. Give the peer a "
                "network of its own, such as keras.models.clone_model(teacher)."
            )
        given = shapes(network, "inputs")
        if given and takes and not compatible(given, takes):
            raise ValueError(
                f"The teacher must take the inputs of the peers, {takes}, and takes {given}."
            )
        check_says(network)
        if (outputs := shapes(network, "outputs")) and classes:
            _check_classes(outputs, classes)


def check_says(network: keras.Model) -> None:
    """Require a network that says logits, or probabilities of classes that exclude each other.

    Raises:
        ValueError: if it does not, or that cannot be told.
    """
    source = source_of_probabilities(network)
    if source is not None and not is_softmax(source):
        raise ValueError(
            f"The teacher must return logits, or end in a softmax, and its layer {source.name!r} "
            "returns a probability for each class on its own."
        )
    if source is None and (behind := probabilities_behind(network)) is not None:
        raise ValueError(
            f"Whether the teacher returns logits or probabilities cannot be told: behind its layer "
            f"{behind.name!r} more is computed. Let it end in logits, or in a softmax; of several "
            "networks give a list."
        )


def log_probabilities_of(networks: list[keras.Model], x: Any, num_classes: int) -> Tensor:
    """What a teacher says of a batch.

    Args:
        networks: Of which it consists, at least one.
        x: A batch of inputs.
        num_classes: C.

    Returns:
        `[batch, num_classes]`, the logarithm of the mean of their probabilities, at least
        float32, through which no gradient flows.

    Raises:
        ValueError: if one turns out to return something else.
    """
    each = [_log_p(network, x, num_classes) for network in networks]
    together = functools.reduce(ops.logaddexp, each) - math.log(len(each))
    return ops.stop_gradient(together)


def _log_p(network: keras.Model, x: Any, num_classes: int) -> Tensor:
    said = network(x, training=False)
    _check_classes([tuple(said.shape)], num_classes)
    if source_of_probabilities(network) is not None:
        exact = keras.backend.standardize_dtype(said.dtype) == "float64"
        p = said if exact else ops.cast(said, "float32")
        said = ops.log(ops.maximum(p, _TINY))
    # Of probabilities, too: those of half precision do not quite sum to 1.
    return cmdcore.log_probabilities(said)


def _check_classes(outputs: list[tuple], num_classes: int) -> None:
    if len(outputs) != 1 or outputs[0][1:] != (num_classes,):
        raise ValueError(
            f"The teacher must tell the {num_classes} classes of the peers apart, one tensor "
            f"[batch, {num_classes}], and returns {outputs}."
        )
