"""Gradients as a method that edits them leaves them, peer by peer."""

from typing import Any

from cmdcore import Editing


def edited(model: Any, gradients: list, weights: list) -> list:
    """What the optimizer of two peers is given.

    Args:
        model: A `MutualDistiller`.
        gradients: One for each trainable weight, those of A before those of B; None where a
            weight has none.
        weights: These weights.
    """
    if not isinstance(model.method, Editing):
        return gradients
    own = len(model.peer_a.trainable_variables)
    found = list(gradients)
    for peer in (range(own), range(own, len(weights))):
        there = [i for i in peer if gradients[i] is not None]
        of_peer = ([values[i] for i in there] for values in (gradients, weights))
        for i, gradient in zip(there, model.method.edited(*of_peer, model.moment), strict=True):
            found[i] = gradient
    return found
