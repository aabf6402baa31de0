"""Small losses alone: each peer learns what it finds easy itself."""

import dataclasses

from cmdcore.after_keras import registered
from cmdcore.methods.co_teaching import CoTeaching
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class SmallLoss(CoTeaching):
    """Cross entropy with the examples that have a small one, by the peer's own judgement.

    Co-teaching without the exchange, which papers that compare with MentorNet often call so.
    `cmdcore.MentorNet` is the predefined curriculum of Jiang et al., ICML 2018. Which of the two
    is in the paper's table 4 is not said there; its 49.01 at 40 % of symmetric noise is far
    below the 56.7 that the curriculum's authors found. On several replicas each one ranks its
    own share of the batch.

    Args:
        rate: share of wrong labels, in [0, 1).
        warmup: the share of training in which R rises to `rate`, in (0, 1]. The authors' 10 of
            200 epochs.
        exponent: how it rises, at least 0. The authors' 1, a straight line.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    def _judges(self, ce_a: Tensor, ce_b: Tensor) -> tuple[Tensor, Tensor]:
        return ce_a, ce_b
