"""Forward correction: the prediction is made wrong as labels are, and then compared with them."""

import dataclasses

from cmdcore import ops
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.corrected import Corrected
from cmdcore.tensor import Tensor

_SMALLEST = 1e-37
_LOG_OF_0 = -1e30


@registered
@dataclasses.dataclass(frozen=True, repr=False)
class Forward(Corrected):
    """Forward correction, -log sum_i T_iy p_i.

    Giorgio Patrini et al., Making deep neural networks robust to label noise: a loss correction
    approach, CVPR 2017.

    T is given, not estimated, and both networks learn from the start. It is summed by
    log-sum-exp, which is exact for every prediction and holds batch x C x C numbers.

    Args:
        transition: T, `[num_classes, num_classes]`, T_ij = P(given label j | true class i).

    Raises:
        ValueError: if it is no such matrix.
    """

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """-log (T' p)_y, for soft labels its mean over them.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`, in nats.

        Raises:
            ValueError: if T is of another number of classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> method = cmdcore.Forward(transition=((1.0, 0.0), (1.0, 0.0)))
            >>> abs(round(float(method.loss(q, log_p)[0]), 3))  # both are called the first class
            0.0
        """
        matrix = self._tensor(self.transition, log_p)
        logs = ops.log(ops.maximum(matrix, _SMALLEST))
        logs = ops.where(matrix > 0, logs, ops.full_like(matrix, _LOG_OF_0))
        return cross_entropy(q, ops.logsumexp(log_p[..., None] + logs, axis=-2))
