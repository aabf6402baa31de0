"""T2S KD: a teacher that was trained before, and two students of it, eq. 1."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.classic_kd import teacher_student_loss
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.taught import Taught
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class T2SKD(Taught):
    """Teacher to student distillation, (1 - epsilon) CE + epsilon D_KL(p_t, p), eq. 1.

    Geoffrey Hinton et al., Distilling the knowledge in a neural network, 2015, as section 2.1
    of the paper writes it, without a temperature. The teacher is frozen. The two students
    know nothing of each other; tables of two peers take the mean of both.

    Args:
        epsilon: weight of the teacher, in [0, 1]. The paper prints no value; half, the
            default, is that of `SyncMKD`.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.5

    measures = (*SURENESS, "teacher_accuracy")

    def __post_init__(self) -> None:
        ranges.unit_interval("epsilon", self.epsilon)

    def losses_taught(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, log_p_t: Tensor
    ) -> PeerLosses:
        """Eq. 1 for each student.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Makes no difference here.
            log_p_t: `[batch, num_classes]`, log-probabilities of the teacher, held constant.

        Returns:
            `PeerLosses`, which measure the students' entropies and certainties, and
            `teacher_accuracy`: 1 where the teacher names the class of the label, 0 else.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> log_p_b = log_p_t = keras.ops.log([[0.5, 0.5]])
            >>> method = cmdcore.T2SKD(epsilon=1.0)
            >>> losses = method.losses_taught(q, log_p_a, log_p_b, None, log_p_t)
            >>> round(float(losses.loss_a[0]), 3)  # 1/2 log 2 + 1/2 log 2/3
            0.144
            >>> float(losses.loss_b[0])  # B says what the teacher says
            0.0
        """
        right = ops.argmax(log_p_t, axis=-1) == ops.argmax(q, axis=-1)
        measured = sureness_of(log_p_a, log_p_b)
        measured["teacher_accuracy"] = ops.cast(right, log_p_a.dtype)
        loss_a, loss_b = (
            teacher_student_loss(q, log_p, log_p_t, self.epsilon) for log_p in (log_p_a, log_p_b)
        )
        return PeerLosses(loss_a, loss_b, measured)
