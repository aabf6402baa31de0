"""AsyncMKD: each peer is the other's teacher, and they learn in turn, eq. 2."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.classic_kd import sync_mkd_losses
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class AsyncMKD(Method):
    """Asynchronous mutual distillation of all knowledge, eq. 2.

    Deep mutual learning as first proposed (Zhang et al., 2018), section 2.1 of the paper. A
    minimises (1 - epsilon) H(q, p) + epsilon D_KL(p_B, p) where t is odd, B its own where t is
    even. t is what the clock counts: with `clock="step"` this is eq. 2 to the letter, with
    `clock="epoch"` they take turns by the epoch. The loss of the one that rests has no
    gradient; its momentum, weight decay and batch statistics go on, since one optimizer
    minimises the sum of both.

    Args:
        epsilon: weight of the peer, in [0, 1]. The paper prints no value; half, the
            default, is that of `SyncMKD`.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.5

    measures = (*SURENESS, "kept_a", "kept_b")

    def __post_init__(self) -> None:
        ranges.unit_interval("epsilon", self.epsilon)

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """L_A and L_B, of which one is held constant.

        So both are measured in every epoch, whoever learns, and the gradient of their sum is
        that of eq. 2.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Its t says whose turn it is: A's where it is odd.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `kept_a` and
            `kept_b`: 1 for each example if A, or B, learns, 0 else.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> log_p_b = keras.ops.log([[0.5, 0.5]])
            >>> now = cmdcore.Moment(t=2, gamma=4, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.AsyncMKD(epsilon=0.0).losses(q, log_p_a, log_p_b, now)
            >>> round(float(losses.loss_b[0]), 3)  # log 2, from which B learns
            0.693
            >>> float(losses.measured["kept_a"][0]), float(losses.measured["kept_b"][0])
            (0.0, 1.0)
        """
        loss_a, loss_b = sync_mkd_losses(q, log_p_a, log_p_b, self.epsilon)
        turn_of_a = moment.t % 2 == 1
        each, none = ops.ones_like(loss_a), ops.zeros_like(loss_a)
        measured = {
            **sureness_of(log_p_a, log_p_b),
            "kept_a": ops.where(turn_of_a, each, none),
            "kept_b": ops.where(turn_of_a, none, each),
        }
        return PeerLosses(
            ops.where(turn_of_a, loss_a, ops.stop_gradient(loss_a)),
            ops.where(turn_of_a, ops.stop_gradient(loss_b), loss_b),
            measured,
        )
