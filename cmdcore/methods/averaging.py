"""Methods that follow something from batch to batch, as a running mean."""

import abc

from cmdcore import ops
from cmdcore.methods.method import Method, Moment, PeerLosses
from cmdcore.tensor import Tensor


class Averaging(Method):
    """Base of the methods that keep a running mean of what batches say, one for each peer.

    The method itself holds none: the means before a batch go in, and come out as they are after
    it. Who trains keeps them in between, and begins with zeros.
    """

    @abc.abstractmethod
    def losses_and_means(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, means: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """Both peers' losses on a batch, and the means with it.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            means: `[2, 2]`, of A and of B, as `counted_in` has them; 0 before the first batch.

        Returns:
            `PeerLosses`, as of `Method.losses`, and the new means, through which no gradient
            flows.
        """

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """Both peers' losses on the first batch of all.

        To train, `losses_and_means` is asked.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> now = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.MentorNet(rate=0.0).losses(q, log_p, log_p, now)
            >>> round(float(losses.loss_a[0]), 3)  # log 2
            0.693
        """
        before = ops.zeros((2, 2), log_p_a.dtype)
        return self.losses_and_means(q, log_p_a, log_p_b, moment, before)[0]


def counted_in(mean: Tensor, value: Tensor, momentum: float) -> Tensor:
    """A running mean with one value more.

    Args:
        mean: `[2]`, the mean of the values until now, and the sum of their weights: it is not
            drawn towards a 0 that nobody measured.
        value: scalar. One that is not finite is left out.
        momentum: How much of a weight stays, in [0, 1).

    Returns:
        `[2]`.

    Example:
        >>> one = cmdcore.methods.averaging.counted_in(keras.ops.zeros(2), 4.0, momentum=0.5)
        >>> two = cmdcore.methods.averaging.counted_in(one, 1.0, momentum=0.5)
        >>> [[float(number) for number in mean] for mean in (one, two)]
        [[4.0, 0.5], [2.0, 0.75]]
    """
    old, new = momentum * mean[1], 1.0 - momentum
    # In this order a value that alone counts is the mean to the last bit.
    with_value = (old / (old + new)) * mean[0] + (new / (old + new)) * value
    return ops.where(ops.isfinite(value), ops.stack([with_value, old + new]), mean)
