"""SCE: cross entropy, which learns every label, and its mirror image, which mistrusts it."""

import dataclasses

from cmdcore import ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy, reverse_cross_entropy
from cmdcore.methods.independent import Independent
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class SCE(Independent):
    """Symmetric cross entropy, alpha CE + beta RCE.

    Yisen Wang et al., Symmetric cross entropy for robust learning with noisy labels, ICCV
    2019. RCE is the cross entropy with label and prediction exchanged.

    Args:
        alpha: weight of CE, at least 0. The authors' 6 for CIFAR-100.
        beta: weight of RCE, at least 0. The authors' 0.1 for CIFAR-100.

    Raises:
        ValueError: if a weight is negative or not finite.
    """

    alpha: float = 6.0
    beta: float = 0.1

    def __post_init__(self) -> None:
        ranges.weight("alpha", self.alpha)
        ranges.weight("beta", self.beta)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """Alpha H(q, p) + beta H(p, q).

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`, in nats.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> loss = cmdcore.SCE(alpha=1.0, beta=0.1).loss(q, log_p)
            >>> round(float(loss[0]), 3)  # log 4 + 0.1 · 9.21 · 3/4
            2.077
        """
        return self.alpha * cross_entropy(q, log_p) + self.beta * reverse_cross_entropy(q, log_p)
