"""The forms of distillation that CMD is compared with: eqs. 1 to 4.

All knowledge is passed on, weighted by one epsilon and measured by a
Kullback-Leibler divergence. A loss here is one number a sample.
"""

from cmdcore import ops, ranges
from cmdcore.information import cross_entropy, kl_divergence
from cmdcore.tensor import Tensor


def teacher_student_loss(q: Tensor, log_p: Tensor, log_p_t: Tensor, epsilon: float) -> Tensor:
    """L_T2SKD = (1 - epsilon) H(q, p) + epsilon D_KL(p_t, p), eq. 1.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p: `[batch, num_classes]`, log-probabilities of the student.
        log_p_t: `[batch, num_classes]`, log-probabilities of the teacher, held constant.
        epsilon: weight of the teacher, in [0, 1].

    Returns:
        `[batch]`, in nats.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].

    Example:
        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
        >>> loss = cmdcore.teacher_student_loss(q, log_p, keras.ops.log([[0.5, 0.5]]), epsilon=0.5)
        >>> round(float(loss[0]), 3)  # 1/2 log 4 + 1/2 (1/2 log 2 + 1/2 log 2/3)
        0.765
    """
    ranges.unit_interval("epsilon", epsilon)
    divergence = kl_divergence(ops.stop_gradient(log_p_t), log_p)
    return (1.0 - epsilon) * cross_entropy(q, log_p) + epsilon * divergence


def teacher_student_labels(q: Tensor, log_p_t: Tensor, epsilon: float) -> Tensor:
    """q~_T2SKD = (1 - epsilon) q + epsilon p_t, eq. 4.

    H(q~, p) differs from `teacher_student_loss` by epsilon H(p_t), a constant.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p_t: `[batch, num_classes]`, log-probabilities of the teacher, held constant.
        epsilon: weight of the teacher, in [0, 1].

    Returns:
        `[batch, num_classes]`.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].

    Example:
        >>> q, log_p_t = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> labels = cmdcore.teacher_student_labels(q, log_p_t, epsilon=0.5)
        >>> [round(float(x), 3) for x in labels[0]]  # 1/2 + 1/4, 0 + 1/4
        [0.75, 0.25]
    """
    ranges.unit_interval("epsilon", epsilon)
    p_t = ops.exp(ops.stop_gradient(log_p_t))
    return (1.0 - epsilon) * ops.cast(q, p_t.dtype) + epsilon * p_t


def sync_mkd_losses(
    q: Tensor, log_p_a: Tensor, log_p_b: Tensor, epsilon: float
) -> tuple[Tensor, Tensor]:
    """L_A and L_B of SyncMKD, whose sum is eq. 3: each peer is the other's teacher.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p_a: `[batch, num_classes]`, log-probabilities of A.
        log_p_b: `[batch, num_classes]`, log-probabilities of B.
        epsilon: weight of the peer, in [0, 1].

    Returns:
        `(loss_a, loss_b)`, each `[batch]`, in nats.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].

    Example:
        >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
        >>> losses = cmdcore.sync_mkd_losses(q, log_p_a, keras.ops.log([[0.5, 0.5]]), epsilon=0.0)
        >>> [round(float(loss[0]), 3) for loss in losses]  # log 4, log 2
        [1.386, 0.693]
    """
    return (
        teacher_student_loss(q, log_p_a, log_p_b, epsilon),
        teacher_student_loss(q, log_p_b, log_p_a, epsilon),
    )


def async_mkd_loss(
    q: Tensor, log_p_a: Tensor, log_p_b: Tensor, epsilon: float, iteration: Tensor
) -> Tensor:
    """L_AsyncMKD of eq. 2: the peers learn in turn.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p_a: `[batch, num_classes]`, log-probabilities of A.
        log_p_b: `[batch, num_classes]`, log-probabilities of B.
        epsilon: weight of the peer, in [0, 1].
        iteration: scalar t, counted from 1.

    Returns:
        `[batch]`, in nats: L_A where t is odd, L_B where it is even.

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].

    Example:
        >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
        >>> log_p_b = keras.ops.log([[0.5, 0.5]])
        >>> loss = cmdcore.async_mkd_loss(q, log_p_a, log_p_b, epsilon=0.0, iteration=2)
        >>> round(float(loss[0]), 3)  # log 2, that of B
        0.693
    """
    loss_a, loss_b = sync_mkd_losses(q, log_p_a, log_p_b, epsilon)
    return ops.where(iteration % 2 == 1, loss_a, loss_b)
