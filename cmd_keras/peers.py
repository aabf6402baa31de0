"""What two networks must have in common before they can teach each other."""

from typing import Any

import keras
import numpy as np

from cmd_keras.logits import source_of_probabilities
from cmdcore.tensor import Tensor


def check_peers(peer_a: Any, peer_b: Any) -> None:
    """Require two separate networks that return logits for the same classes.

    Shapes that are not known before the first batch are checked then.

    Raises:
        TypeError: if a peer is not a `keras.Model`.
        ValueError: if the peers share weights, end in a softmax or a sigmoid, or
            differ in input shape or in the width of their output.
    """
    for name, peer in (("peer_a", peer_a), ("peer_b", peer_b)):
        if not isinstance(peer, keras.Model):
            raise TypeError(f"{name} must be a keras.Model, received {type(peer).__name__}.")
        _check_logits(name, peer)
    shared = {id(v) for v in peer_a.variables} & {id(v) for v in peer_b.variables}
    if peer_a is peer_b or shared:
        raise ValueError(
            "peer_a and peer_b share weights; two copies of one network have nothing to tell "
            "each other. Build the second one anew, or use keras.models.clone_model(peer_a)."
        )
    inputs_a, inputs_b = shapes(peer_a, "inputs"), shapes(peer_b, "inputs")
    if inputs_a and inputs_b and not compatible(inputs_a, inputs_b):
        raise ValueError(
            f"The peers must take the same inputs: peer_a takes {inputs_a}, peer_b {inputs_b}."
        )
    outputs_a, outputs_b = shapes(peer_a, "outputs"), shapes(peer_b, "outputs")
    if outputs_a and outputs_b:
        check_logit_shapes(outputs_a, outputs_b)


def check_logit_shapes(shapes_a: list[tuple], shapes_b: list[tuple]) -> None:
    """Require one `[batch, num_classes]` output each, of the same width of at least 2.

    Raises:
        ValueError: naming the shapes of both peers.
    """
    for name, shapes in (("peer_a", shapes_a), ("peer_b", shapes_b)):
        if len(shapes) != 1 or len(shapes[0]) != 2:
            raise ValueError(
                f"{name} must return one tensor of logits [batch, num_classes], and returns "
                f"{shapes}."
            )
        if shapes[0][-1] == 1:
            raise ValueError(
                f"{name} returns a single column {shapes[0]}. CMD compares entropies over "
                "classes: for two classes return two logits, Dense(2)."
            )
    if shapes_a[0][-1] != shapes_b[0][-1]:
        raise ValueError(
            "The peers must tell the same classes apart: peer_a returns "
            f"{shapes_a[0][-1]} logits, peer_b {shapes_b[0][-1]}."
        )


def begin_alike(peer_a: keras.Model, peer_b: keras.Model) -> bool:
    """Whether all weights of two built networks have the same values."""
    one, two = peer_a.get_weights(), peer_b.get_weights()
    same_shapes = [w.shape for w in one] == [w.shape for w in two]
    return same_shapes and all(map(np.array_equal, one, two))


def num_classes(peer_a: keras.Model, peer_b: keras.Model) -> int | None:
    """The width of the peers' output, or None before one of them has been built."""
    outputs = [*shapes(peer_a, "outputs")[:1], *shapes(peer_b, "outputs")[:1]]
    return next((shape[-1] for shape in outputs if shape[-1]), None)


def logits_of(
    peer_a: keras.Model, peer_b: keras.Model, x: Any, training: bool | None
) -> tuple[Tensor, Tensor]:
    """What both peers make of a batch.

    Args:
        peer_a: The first network.
        peer_b: The second network.
        x: A batch of inputs.
        training: Passed on to both.

    Returns:
        Two tensors `[batch, num_classes]`.

    Raises:
        ValueError: if they turn out not to fit each other.
    """
    logits_a = peer_a(x, training=training)
    logits_b = peer_b(x, training=training)
    check_logit_shapes([tuple(logits_a.shape)], [tuple(logits_b.shape)])
    return logits_a, logits_b


def shapes(network: keras.Model, end: str) -> list[tuple]:
    """The shapes of its `"inputs"` or `"outputs"`, with the batch; none before it is built."""
    tensors = getattr(network, end, None) or []
    return [tuple(tensor.shape) for tensor in tensors]


def compatible(shapes_a: list[tuple], shapes_b: list[tuple]) -> bool:
    """Whether tensors may have both shapes; None fits all."""
    return len(shapes_a) == len(shapes_b) and all(
        len(a) == len(b) and all(None in (m, n) or m == n for m, n in zip(a, b, strict=True))
        for a, b in zip(shapes_a, shapes_b, strict=True)
    )


def _check_logits(name: str, peer: keras.Model) -> None:
    source = source_of_probabilities(peer)
    if source is not None:
        raise ValueError(
            f"{name} must return logits, but its layer {source.name!r} returns probabilities. "
            "Remove it, or its activation (activation=None; classifier_activation=None in "
            "keras.applications)."
        )
