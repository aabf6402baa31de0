"""Methods in which each peer learns the examples that the other finds easy."""

import abc
from typing import NamedTuple

from cmdcore import ops
from cmdcore.information import cross_entropy
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.methods.small_loss import kept, mean_over, smallest
from cmdcore.tensor import Tensor


class Choice(NamedTuple):
    """Which examples of a batch a peer learns from.

    Attributes:
        chosen: `[batch]`, booleans.
        count: How many, a scalar float.
    """

    chosen: Tensor
    count: Tensor


class Exchanging(Method):
    """Base of Co-teaching and of what differs from it in a schedule, or in who is asked.

    A peer learns from the floor((1 - R(t)) B) of B examples with the smallest loss under the
    other, at least one. The loss is the mean over these. On several replicas each one ranks
    its own share of the batch.
    """

    measures = (*SURENESS, "kept_a", "kept_b")

    @abc.abstractmethod
    def forgotten(self, progress: Tensor) -> Tensor:
        """R(t), the share of a batch that is not learned from.

        Args:
            progress: t/Gamma in [0, 1], any shape.

        Returns:
            In [0, 1), of the shape of `progress`.
        """

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """The mean cross entropy of each over what the other has chosen.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`, whose mean over the batch is that over what was learned from. They
            measure the peers' entropies and certainties, and `kept_a` and `kept_b`: 1 for each
            example that A, and B, learned from, 0 else.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q = keras.ops.array([[1.0, 0.0], [1.0, 0.0]])
            >>> log_p_a = keras.ops.log([[0.5, 0.5], [0.25, 0.75]])  # A finds the first easy
            >>> log_p_b = keras.ops.log([[0.25, 0.75], [0.5, 0.5]])
            >>> now = cmdcore.Moment(t=1, gamma=1, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.CoTeaching(rate=0.5).losses(q, log_p_a, log_p_b, now)
            >>> [round(float(loss), 3) for loss in losses.loss_b]  # log 4, twice as one of two
            [2.773, 0.0]
        """
        measured = sureness_of(log_p_a, log_p_b)
        ce_a, ce_b = cross_entropy(q, log_p_a), cross_entropy(q, log_p_b)
        progress = moment.progress(log_p_a.dtype)
        share = 1.0 - self.forgotten(progress)
        disagree = ops.argmax(log_p_a, axis=-1) != ops.argmax(log_p_b, axis=-1)
        by_a, by_b = self._judges(ce_a, ce_b)
        for_a = self._choice(by_a, disagree, share, progress)
        for_b = self._choice(by_b, disagree, share, progress)
        measured["kept_a"] = ops.cast(for_a.chosen, log_p_a.dtype)
        measured["kept_b"] = ops.cast(for_b.chosen, log_p_a.dtype)
        return PeerLosses(mean_over(ce_a, *for_a), mean_over(ce_b, *for_b), measured)

    def _judges(self, ce_a: Tensor, ce_b: Tensor) -> tuple[Tensor, Tensor]:
        """Whose loss chooses for A, and whose for B."""
        return ce_b, ce_a

    def _choice(self, ce: Tensor, disagree: Tensor, share: Tensor, progress: Tensor) -> Choice:
        size = ops.cast(ops.shape(ce)[0], ce.dtype)
        count = ops.maximum(kept(share, size), 1.0)
        return Choice(smallest(ce, count), count)
