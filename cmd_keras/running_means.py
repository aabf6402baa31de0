"""What a method follows from batch to batch, in a variable of the model."""

import keras
from keras import ops

from cmdcore import PeerLosses
from cmdcore.tensor import Tensor


class RunningMeans:
    """The running means of both peers, as `cmdcore.methods.averaging` has them.

    A variable of the model, so that they are saved, kept in checkpoints and handed through the
    steps of every backend as weights are. The optimizer does not move it: the method does. On
    several replicas they are the means of theirs.

    Args:
        model: To which the variable belongs.
    """

    def __init__(self, model: keras.Model) -> None:
        self._means = model.add_weight(
            (2, 2),
            keras.initializers.Zeros(),
            "float32",
            trainable=False,
            autocast=False,
            aggregation="mean",
            name="means",
        )

    def of_both(self) -> Tensor:
        """float32 `[2, 2]`, of A and of B."""
        # A copy: PyTorch changes the variable before it looks at what came of it.
        return ops.copy(self._means)

    def kept_of(self, losses: PeerLosses, means: Tensor) -> PeerLosses:
        """Put others in their place.

        Args:
            losses: What a batch came to.
            means: `[2, 2]`, of A and of B, with this batch.

        Returns:
            The losses.
        """
        self._means.assign(ops.cast(ops.stop_gradient(means), "float32"))
        return losses

    def forget(self) -> None:
        """They are those of no batch."""
        self._means.assign(ops.zeros((2, 2), "float32"))
