"""SyncMKD: each peer is the other's teacher, whatever it says, eq. 3."""

import dataclasses

from cmdcore import ranges
from cmdcore.after_keras import registered
from cmdcore.classic_kd import sync_mkd_losses
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class SyncMKD(Method):
    """Synchronous mutual distillation of all knowledge, eq. 3.

    What the rows "All" and "SyncMKD" of the paper's tables were trained with (section
    2.1). Each peer minimises (1 - epsilon) H(q, p) + epsilon D_KL(p_peer, p).

    Args:
        epsilon: weight of the peer, in [0, 1]. The paper prints no value; half, the
            default, is deep mutual learning (Zhang et al., 2018) but for the scale.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.5

    measures = SURENESS

    def __post_init__(self) -> None:
        ranges.unit_interval("epsilon", self.epsilon)

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """The two terms of eq. 3.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Makes no difference here.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> log_p_b = keras.ops.log([[0.5, 0.5]])
            >>> losses = cmdcore.SyncMKD(epsilon=0.0).losses(q, log_p_a, log_p_b, moment=None)
            >>> round(float(losses.loss_a[0]), 3), round(float(losses.loss_b[0]), 3)  # log 4, log 2
            (1.386, 0.693)
        """
        loss_a, loss_b = sync_mkd_losses(q, log_p_a, log_p_b, self.epsilon)
        return PeerLosses(loss_a, loss_b, sureness_of(log_p_a, log_p_b))
