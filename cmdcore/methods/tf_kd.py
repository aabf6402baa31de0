"""Tf-KD_reg: a teacher that is made up, and always right by what is annotated."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy, kl_divergence
from cmdcore.methods.independent import Independent
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class TfKD(Independent):
    """Teacher-free distillation by regularisation, (1 - epsilon) CE + epsilon D_KL(u_T, p).

    Li Yuan et al., Revisiting knowledge distillation via label smoothing regularization,
    CVPR 2020. The virtual teacher u has probability `a` for the given class, and u_T is
    the softmax of these probabilities over a temperature, as in the authors' code, where
    the student has none. At a high temperature u_T is uniform, and this label smoothing but
    for a constant.

    Args:
        epsilon: weight of the teacher, in [0, 1]; the paper's alpha. The authors' 0.1 for
            CIFAR-100; there a multiplier of 100, the number of classes, undoes a mean over them.
        temperature: T, above 0. The authors' 20.
        a: probability that the teacher gives the annotated class, in (0, 1]. The authors' 0.99.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    epsilon: float = 0.1
    temperature: float = 20.0
    a: float = 0.99

    def __post_init__(self) -> None:
        ranges.unit_interval("epsilon", self.epsilon)
        ranges.temperature("temperature", self.temperature)
        ranges.above_0_up_to_1("a", self.a)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """(1 - epsilon) H(q, p) + epsilon D_KL(u_T, p).

        Args:
            q: `[batch, num_classes]`, annotated labels; where they are soft, u is between
                those of their classes.
            log_p: `[batch, num_classes]`, log-probabilities of at least 2 classes.

        Returns:
            `[batch]`, in nats.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> loss = cmdcore.TfKD(epsilon=1.0, temperature=1e9).loss(q, log_p)
            >>> abs(round(float(loss[0]), 5))  # the teacher is uniform, and so is p
            0.0
        """
        q = ops.cast(q, log_p.dtype)
        others = (1.0 - self.a) / (log_p.shape[-1] - 1)
        log_u = ops.log_softmax((self.a * q + others * (1.0 - q)) / self.temperature, axis=-1)
        divergence = kl_divergence(log_u, log_p)
        return (1.0 - self.epsilon) * cross_entropy(q, log_p) + self.epsilon * divergence
