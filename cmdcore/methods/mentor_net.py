"""MentorNet with its predefined curriculum: easy examples first, by what the loss says."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.averaging import Averaging, counted_in
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.small_loss import kept, smallest
from cmdcore.tensor import Tensor

# As shares of training: until when all is learned, and from when on nearly easy ones are, too.
_ALL_UNTIL = 0.18
_SOFT_FROM = 0.9


@registered
@dataclasses.dataclass(frozen=True)
class MentorNet(Averaging):
    """MentorNet PD, cross entropy weighted by a predefined curriculum.

    Lu Jiang et al., MentorNet: learning data-driven curriculum for very deep neural networks on
    corrupted labels, ICML 2018.

    With delta = CE - m the weight of an example is 1 up to 18 % of training, [delta <= 0] then,
    and clip(1 - delta, 0, 1) from 90 % on, where m is a running mean of the percentiles of all
    batches until now: m <- d m + (1 - d) percentile. That is in closed form what the authors'
    mentor network has learned. What differs: the mean of the weights, times the weight decay, is
    not added to the loss; their m begins with 0, which is forgotten where it
    first counts, and here with the first batch; and no example is dropped at random, as there
    half of a batch is in the first 17 % of training, and 5 % later. Two networks are trained
    that know nothing of each other. On several replicas each one ranks its own share of the
    batch, and m is the mean of theirs.

    Args:
        rate: share of wrong labels, in [0, 1).
        percentile: the share of a batch whose loss is at most m, in (0, 1]; None is 1 - rate.
            The authors' 0.75 at rates of 0.2 and 0.4, 0.5 at 0.8.
        percentile_momentum: d, how much of m stays in a step, in [0, 1). With 0 it is the
            percentile of each batch.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    rate: float
    percentile: float | None = None
    percentile_momentum: float = 0.5

    measures = (*SURENESS, "kept_a", "kept_b")

    def __post_init__(self) -> None:
        ranges.rate("rate", self.rate)
        if self.percentile is not None:
            ranges.above_0_up_to_1("percentile", self.percentile)
        ranges.rate("percentile_momentum", self.percentile_momentum)

    def losses_and_means(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, means: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """The weighted cross entropy of each, and both m.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            means: `[2, 2]`, m of A and of B before this batch, as `averaging.counted_in` has it.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `kept_a` and
            `kept_b`, the weights of the examples; and both m with this batch.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q = keras.ops.array([[1.0, 0.0], [1.0, 0.0]])
            >>> log_p = keras.ops.log([[0.5, 0.5], [0.25, 0.75]])
            >>> now = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> method, before = cmdcore.MentorNet(rate=0.5), keras.ops.zeros((2, 2))
            >>> losses, means = method.losses_and_means(q, log_p, log_p, now, before)
            >>> [round(float(loss), 3) for loss in losses.loss_a]  # log 2; log 4 is too much
            [0.693, 0.0]
            >>> losses, _ = method.losses_and_means(q, log_p - 1.0, log_p - 1.0, now, means)
            >>> [round(float(loss), 3) for loss in losses.loss_a]  # m is log 2 + 2/3
            [0.0, 0.0]
        """
        measured = sureness_of(log_p_a, log_p_b)
        progress = moment.progress(log_p_a.dtype)
        means = ops.cast(means, log_p_a.dtype)
        losses, later = [], []
        for place, (peer, log_p) in enumerate((("a", log_p_a), ("b", log_p_b))):
            ce = cross_entropy(q, log_p)
            constant = ops.stop_gradient(ce)
            mean = self.with_percentile(means[place], constant)
            weight = _weight(constant - mean[0], progress)
            losses.append(_weighted(ce, weight))
            later.append(mean)
            measured[f"kept_{peer}"] = weight
        return PeerLosses(*losses, measured), ops.stack(later)

    def with_percentile(self, mean: Tensor, ce: Tensor) -> Tensor:
        """m with one batch more.

        Args:
            mean: `[2]`, before it, as `averaging.counted_in` has it.
            ce: `[batch]`, its losses. An empty one changes nothing.

        Returns:
            `[2]`.

        Example:
            >>> mean, ce = keras.ops.zeros(2), keras.ops.array([3.0, 1.0, 2.0, 4.0])
            >>> mean = cmdcore.MentorNet(rate=0.25).with_percentile(mean, ce)
            >>> float(mean[0])
            3.0
        """
        share = 1.0 - self.rate if self.percentile is None else self.percentile
        size = ops.cast(ops.shape(ce)[0], ce.dtype)
        easy = smallest(ce, ops.maximum(kept(share, size), 1.0))
        # No loss is below 0, and a replica's share of a batch may be empty.
        percentile = ops.max(ops.where(easy, ce, ops.zeros_like(ce)), initial=0.0)
        return ops.where(size > 0, counted_in(mean, percentile, self.percentile_momentum), mean)


def _weight(delta: Tensor, progress: Tensor) -> Tensor:
    hard = ops.cast(delta <= 0, delta.dtype)
    later = ops.where(progress < _SOFT_FROM, hard, ops.clip(1.0 - delta, 0.0, 1.0))
    return ops.where(progress <= _ALL_UNTIL, ops.ones_like(delta), later)


def _weighted(ce: Tensor, weight: Tensor) -> Tensor:
    # Of weight 0 not even an infinite loss is left; NaN is.
    counts = ops.logical_or(weight > 0, ops.isnan(ce))
    return ops.where(counts, weight * ce, ops.zeros_like(ce))
