"""The weights that two networks began with, for a training that begins with them again."""

import keras
from keras import ops

# Set for each epoch by whoever schedules it, and not a state that training has made.
_RATE = "learning_rate"


class FirstWeights:
    """A copy of every weight of both peers, batch statistics included.

    They are variables of the model, so that they are saved, and kept in checkpoints. What a
    network began with may be pretrained, and so is nothing that could be drawn anew.

    Args:
        model: With `peer_a` and `peer_b`.

    Raises:
        ValueError: if a peer has no weights yet.
    """

    def __init__(self, model: keras.Model) -> None:
        if not (model.peer_a.built and model.peer_b.built):
            raise ValueError(
                f"{model.method} begins again with the weights that the peers began with, and "
                "they have none yet. Begin them with keras.Input(shape), or call both on a batch."
            )
        self._weights = [*model.peer_a.weights, *model.peer_b.weights]
        self._first = [
            model.add_weight(
                weight.shape,
                keras.initializers.Zeros(),
                weight.dtype,
                trainable=False,
                autocast=False,
                name=f"first_{number}",
            )
            for number, weight in enumerate(self._weights)
        ]
        # A training may begin behind its first epoch.
        self.note()

    def note(self) -> None:
        """What the weights are now is what they began with."""
        for first, weight in zip(self._first, self._weights, strict=True):
            # A copy: JAX's steps give the weights away as they take them.
            first.assign(ops.copy(weight))

    def put_back(self) -> None:
        """The weights are again what they began with."""
        for first, weight in zip(self._first, self._weights, strict=True):
            weight.assign(ops.copy(first))


def forget_steps(optimizer: keras.optimizers.Optimizer, variables: list) -> None:
    """Bring an optimizer to the state that one of its kind has before its first step.

    Args:
        optimizer: That is built. It keeps its learning rate.
        variables: What it moves.
    """
    new = type(optimizer).from_config(optimizer.get_config())
    new.build(variables)
    for variable, first in zip(optimizer.variables, new.variables, strict=True):
        if variable.name != _RATE:
            variable.assign(first)
