"""Numbers of both peers that a method moves from step to step, in a variable of the model."""

from typing import Any

import keras
from keras import ops

from cmdcore.tensor import Tensor


class NumbersOfPeers:
    """What a method knows by each peer.

    A variable of the model, so that it is saved, kept in checkpoints and handed through the
    steps of every backend as weights are. The optimizer does not move it: the method does.

    Args:
        model: To which the variable belongs.
        shape: Of the numbers of one peer.
        name: Of the variable.
        **options: As `keras.Model.add_weight` takes them.
    """

    def __init__(
        self, model: keras.Model, shape: tuple[int, ...], name: str, **options: Any
    ) -> None:
        self._numbers = model.add_weight(
            (2, *shape),
            keras.initializers.Zeros(),
            "float32",
            trainable=False,
            autocast=False,
            name=name,
            **options,
        )

    def of_both(self) -> Tensor:
        """float32 `[2, ...]`, of A and of B."""
        # A copy: PyTorch changes the variable before it looks at what came of it.
        return ops.copy(self._numbers)

    def replace(self, numbers: Tensor) -> None:
        """Put others in their place, as constants.

        Args:
            numbers: `[2, ...]`, of A and of B.
        """
        self._numbers.assign(ops.cast(ops.stop_gradient(numbers), "float32"))

    def forget(self) -> None:
        """They are those with which training begins, 0."""
        self.replace(ops.zeros(self._numbers.shape, "float32"))
