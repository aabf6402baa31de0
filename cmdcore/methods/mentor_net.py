"""MentorNet with its predefined curriculum: easy examples first, by what the loss says."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.methods.small_loss import kept, smallest
from cmdcore.tensor import Tensor

# As shares of training: until when all is learned, and from when on nearly easy ones are, too.
_ALL_UNTIL = 0.18
_SOFT_FROM = 0.9


@registered
@dataclasses.dataclass(frozen=True)
class MentorNet(Method):
    """MentorNet PD, cross entropy weighted by a predefined curriculum.

    Lu Jiang et al., MentorNet: learning data-driven curriculum for very deep neural networks on
    corrupted labels, ICML 2018.

    With delta = CE - m the weight of an example is 1 up to 18 % of training, [delta <= 0] then,
    and clip(1 - delta, 0, 1) from 90 % on. That is in closed form what the authors' mentor
    network has learned. What differs: m is the percentile of this batch, where theirs is a
    running mean of such; and no example is dropped at random, as there half of a batch is in
    the first 17 % of training, and 5 % later. Two networks are trained that know nothing of
    each other. On several replicas each one ranks its own share of the batch.

    Args:
        rate: share of wrong labels, in [0, 1).
        percentile: the share of a batch whose loss is at most m, in (0, 1]; None is 1 - rate.
            The authors' 0.75 at rates of 0.2 and 0.4, 0.5 at 0.8.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    rate: float
    percentile: float | None = None

    measures = (*SURENESS, "kept_a", "kept_b")

    def __post_init__(self) -> None:
        ranges.rate("rate", self.rate)
        if self.percentile is not None:
            ranges.above_0_up_to_1("percentile", self.percentile)

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """The weighted cross entropy of each.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `kept_a` and
            `kept_b`, the weights of the examples.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q = keras.ops.array([[1.0, 0.0], [1.0, 0.0]])
            >>> log_p = keras.ops.log([[0.5, 0.5], [0.25, 0.75]])
            >>> now = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.MentorNet(rate=0.5).losses(q, log_p, log_p, now)
            >>> [round(float(loss), 3) for loss in losses.loss_a]  # log 2; log 4 is too much
            [0.693, 0.0]
        """
        measured = sureness_of(log_p_a, log_p_b)
        progress = moment.progress(log_p_a.dtype)
        ce_a, ce_b = cross_entropy(q, log_p_a), cross_entropy(q, log_p_b)
        measured["kept_a"], measured["kept_b"] = (self._weight(ce, progress) for ce in (ce_a, ce_b))
        return PeerLosses(
            _weighted(ce_a, measured["kept_a"]), _weighted(ce_b, measured["kept_b"]), measured
        )

    def _weight(self, ce: Tensor, progress: Tensor) -> Tensor:
        ce = ops.stop_gradient(ce)
        share = 1.0 - self.rate if self.percentile is None else self.percentile
        size = ops.cast(ops.shape(ce)[0], ce.dtype)
        easy = smallest(ce, ops.maximum(kept(share, size), 1.0))
        # No loss is below 0, and a replica's share of a batch may be empty.
        delta = ce - ops.max(ops.where(easy, ce, ops.zeros_like(ce)), initial=0.0)
        hard = ops.cast(delta <= 0, ce.dtype)
        later = ops.where(progress < _SOFT_FROM, hard, ops.clip(1.0 - delta, 0.0, 1.0))
        return ops.where(progress <= _ALL_UNTIL, ops.ones_like(ce), later)


def _weighted(ce: Tensor, weight: Tensor) -> Tensor:
    # Of weight 0 not even an infinite loss is left; NaN is.
    counts = ops.logical_or(weight > 0, ops.isnan(ce))
    return ops.where(counts, weight * ce, ops.zeros_like(ce))
