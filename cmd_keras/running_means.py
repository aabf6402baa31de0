"""What a method follows from batch to batch, in a variable of the model."""

import keras

from cmd_keras.numbers_of_peers import NumbersOfPeers
from cmdcore import PeerLosses
from cmdcore.tensor import Tensor


class RunningMeans(NumbersOfPeers):
    """The running means of both peers, as `cmdcore.methods.averaging` has them.

    On several replicas they are the means of theirs.

    Args:
        model: To which the variable belongs.
    """

    def __init__(self, model: keras.Model) -> None:
        super().__init__(model, (2,), "means", aggregation="mean")

    def kept_of(self, losses: PeerLosses, means: Tensor) -> PeerLosses:
        """Put others in their place.

        Args:
            losses: What a batch came to.
            means: `[2, 2]`, of A and of B, with this batch.

        Returns:
            The losses.
        """
        self.replace(means)
        return losses
