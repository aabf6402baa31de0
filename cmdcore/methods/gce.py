"""GCE: between cross entropy, which learns every label, and the mean absolute error."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.methods.independent import Independent
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class GCE(Independent):
    """Generalized cross entropy, (1 - p_y^q) / q.

    Zhilu Zhang, Mert Sabuncu, Generalized cross entropy loss for training deep neural
    networks with noisy labels, NeurIPS 2018. The gradient is p_y^q times that of cross
    entropy, so labels that the network finds improbable move it less. This is the form
    without truncation; for that see `TruncatedGCE`.

    Args:
        q: in (0, 1]. Near 0 it is cross entropy, at 1 it is 1 - p_y. The authors' 0.7.

    Raises:
        ValueError: if `q` lies outside (0, 1].
    """

    q: float = 0.7

    def __post_init__(self) -> None:
        ranges.above_0_up_to_1("q", self.q)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """(1 - p_y^q) / q, for soft labels its mean over them.

        Args:
            q: `[batch, num_classes]`, annotated labels, not the constant.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> float(cmdcore.GCE(q=0.5).loss(q, log_p)[0])  # (1 - 0.5) / 0.5
            1.0
        """
        # expm1: for small q the difference of nearly equal numbers would be rounding.
        return ops.sum(ops.cast(q, log_p.dtype) * -ops.expm1(self.q * log_p), axis=-1) / self.q
