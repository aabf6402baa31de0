"""Co-teaching+: Co-teaching among the examples about which the peers disagree."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.methods.co_teaching import CoTeaching
from cmdcore.methods.exchanging import Choice
from cmdcore.methods.small_loss import kept, smallest
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class CoTeachingPlus(CoTeaching):
    """Co-teaching among the examples that the peers take for different classes.

    Xingrui Yu et al., How does disagreement help generalization against label corruption?,
    ICML 2019.

    It begins as Co-teaching. Then each peer learns from the floor((1 - R(t)) |D|) examples of
    smallest loss under the other, of the set D that the peers disagree about: of all D where
    that is none, and of the whole batch where D is empty. This is the paper's form, with a
    cross entropy of logits: the authors' code takes the softmax of softmax outputs inside D
    and drops the first example of the data set. On several replicas each one ranks its own
    share of the batch.

    Args:
        rate: share of wrong labels, in [0, 1).
        warmup: the share of training in which R rises to `rate`, in (0, 1]. The authors' 10 of
            200 epochs.
        exponent: how it rises, at least 0. The authors' 1, a straight line.
        disagreement_from: the share of training that is Co-teaching, in [0, 1]. The authors' 5
            of 200 epochs.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    disagreement_from: float = 0.025

    def __post_init__(self) -> None:
        super().__post_init__()
        ranges.unit_interval("disagreement_from", self.disagreement_from)

    def _choice(self, ce: Tensor, disagree: Tensor, share: Tensor, progress: Tensor) -> Choice:
        size = ops.sum(ops.cast(disagree, ce.dtype))
        count = kept(share, size)
        count = ops.where(count > 0, count, size)
        # No loss in D comes after one outside.
        outside = ops.full_like(ce, float("inf"))
        inside = smallest(ops.where(disagree, ce, outside), count)
        everything = ops.cast(ops.shape(ce)[0], ce.dtype)
        is_empty = size == 0
        among_all = super()._choice(ce, disagree, share, progress)
        begins = progress <= self.disagreement_from
        chosen = ops.where(begins, among_all.chosen, ops.logical_or(is_empty, inside))
        count = ops.where(begins, among_all.count, ops.where(is_empty, everything, count))
        return Choice(chosen, count)
