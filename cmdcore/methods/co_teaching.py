"""Co-teaching: each peer learns the examples that the other finds easy."""

import dataclasses

from cmdcore import ranges
from cmdcore.after_keras import registered
from cmdcore.methods.exchanging import Exchanging
from cmdcore.methods.small_loss import forget_rate
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class CoTeaching(Exchanging):
    """Cross entropy with the examples that have a small one under the other peer.

    Bo Han et al., Co-teaching: robust training of deep neural networks with extremely noisy
    labels, NeurIPS 2018.

    A peer learns from the floor((1 - R(t)) B) of B examples with the smallest loss under the
    other, at least one, and R(t) = rate min(1, (t/Gamma) / warmup)^exponent. The loss is the
    mean over these. The authors' code raises its `rate` to the exponent and rises to that in a
    straight line from 0 in the first epoch, as rate (t - 1) / (T - 1) over the T epochs of its
    warmup, where the paper's, and this, is rate t / T. It divides that mean by their number once
    more, which Adam does not notice, and which makes steps of SGD a hundred times too small: it is
    not done here. On several replicas each one ranks its own share of the batch.

    Args:
        rate: share of wrong labels, in [0, 1).
        warmup: the share of training in which R rises to `rate`, in (0, 1]. The authors' 10 of
            200 epochs.
        exponent: how it rises, at least 0. The authors' 1, a straight line.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    rate: float
    warmup: float = 0.05
    exponent: float = 1.0

    def __post_init__(self) -> None:
        ranges.rate("rate", self.rate)
        ranges.above_0_up_to_1("warmup", self.warmup)
        ranges.weight("exponent", self.exponent)

    def forgotten(self, progress: Tensor) -> Tensor:
        """R(t) = rate min(1, (t/Gamma) / warmup)^exponent.

        Args:
            progress: t/Gamma in [0, 1], any shape.

        Example:
            >>> float(cmdcore.CoTeaching(rate=0.5).forgotten(keras.ops.array(1.0)))
            0.5
        """
        return forget_rate(progress, self.rate, self.warmup, self.exponent)
