"""APL: a loss that raises the given class, and one that lowers the others; both bounded."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy, reverse_cross_entropy
from cmdcore.methods.independent import Independent
from cmdcore.tensor import Tensor

_LOWEST = -1e30


@registered
@dataclasses.dataclass(frozen=True)
class APL(Independent):
    """Active passive loss, alpha NCE + beta RCE.

    Xingjun Ma et al., Normalized loss functions for deep learning with noisy labels, ICML
    2020. NCE is cross entropy, divided by its sum over all labels that could have been
    given; RCE as in SCE. The paper's other passive loss, MAE = 1 - p_y, is RCE / 9.21 where
    labels are one class each: NCE+MAE with weight 1 is `beta=0.1086`.

    Args:
        alpha: weight of NCE, at least 0. The authors' 10 for CIFAR-100.
        beta: weight of RCE, at least 0. The authors' 0.1 for CIFAR-100.

    Raises:
        ValueError: if a weight is negative or not finite.
    """

    alpha: float = 10.0
    beta: float = 0.1

    def __post_init__(self) -> None:
        ranges.weight("alpha", self.alpha)
        ranges.weight("beta", self.beta)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """Alpha H(q, p) / sum_k(-log p_k) + beta H(p, q).

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities of at least 2 classes.

        Returns:
            `[batch]`.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.5]])
            >>> loss = cmdcore.APL(alpha=1.0, beta=0.0).loss(q, log_p)
            >>> round(float(loss[0]), 3)  # log 4 / (log 4 + log 2)
            0.667
        """
        # Of a class that is ruled out, log p is minus infinity.
        all_labels = -ops.sum(ops.maximum(log_p, _LOWEST), axis=-1)
        normalised = cross_entropy(q, log_p) / all_labels
        return self.alpha * normalised + self.beta * reverse_cross_entropy(q, log_p)
