"""KDCL: both peers make one teacher together, and learn from it."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy, kl_divergence
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.tensor import Tensor

TOGETHER = ("min-logit", "mean")


@registered
@dataclasses.dataclass(frozen=True)
class KDCL(Method):
    """Knowledge distillation via collaborative learning.

    Qiushan Guo et al., Online knowledge distillation via collaborative learning, CVPR 2020.
    Each peer minimises (1 - epsilon) H(q, p) + epsilon T^2 D_KL(t_T, p_T), where p_T is its
    softmax at temperature T and t_T that of the teacher, which is held constant. There each
    peer sees an augmentation of its own; here both see the same.

    Args:
        together: How the teacher's logits come about. `"min-logit"`: each peer's are moved so
            that that of the given class is 0, and the smaller one is taken, which is sure of
            the given label as far as any peer is. `"mean"`: the mean of both.
        epsilon: weight of the teacher, in [0, 1].
        temperature: T, above 0.

    Raises:
        ValueError: if a constant is none of these.
    """

    together: str = "min-logit"
    epsilon: float = 0.5
    temperature: float = 2.0

    measures = SURENESS

    def __post_init__(self) -> None:
        ranges.one_of("together", self.together, TOGETHER)
        ranges.unit_interval("epsilon", self.epsilon)
        ranges.temperature("temperature", self.temperature)

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """Both peers' losses against the teacher that they are together.

        Args:
            q: `[batch, num_classes]`, annotated labels; of a soft one the most probable class
                is the given one.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Makes no difference here.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> equal = cmdcore.KDCL(epsilon=1.0).losses(q, log_p, log_p, moment=None)
            >>> abs(round(float(equal.loss_a[0]), 5))  # equal peers teach nothing
            0.0
        """
        teacher = ops.stop_gradient(self._teacher(q, log_p_a, log_p_b))

        def loss(log_p: Tensor) -> Tensor:
            divergence = kl_divergence(self._at_temperature(teacher), self._at_temperature(log_p))
            scale = self.epsilon * self.temperature**2
            return (1.0 - self.epsilon) * cross_entropy(q, log_p) + scale * divergence

        return PeerLosses(loss(log_p_a), loss(log_p_b), sureness_of(log_p_a, log_p_b))

    def _teacher(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor) -> Tensor:
        # Log-probabilities are logits but for a number for each example, which neither form
        # and no softmax hears.
        if self.together == "mean":
            return (log_p_a + log_p_b) / 2.0
        given = ops.one_hot(ops.argmax(q, axis=-1), log_p_a.shape[-1], dtype=log_p_a.dtype)
        below_given = (
            log_p - ops.sum(given * log_p, axis=-1, keepdims=True) for log_p in (log_p_a, log_p_b)
        )
        return ops.minimum(*below_given)

    def _at_temperature(self, logits: Tensor) -> Tensor:
        return ops.log_softmax(logits / self.temperature, axis=-1)
