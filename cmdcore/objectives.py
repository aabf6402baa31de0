"""Mutual distillation of confident knowledge: eqs. 8 to 11.

A loss here is one number a sample. Whoever averages does so over the whole
batch, not over the selected samples (appendix C).
"""

from typing import NamedTuple

from cmdcore import ops
from cmdcore.information import cross_entropy, entropy
from cmdcore.tensor import Tensor


class MutualLosses(NamedTuple):
    """The two peers' losses and what passed between them, each `[batch]`.

    Attributes:
        loss_a: L_A of eq. 10, in nats.
        loss_b: L_B of eq. 11, in nats.
        entropy_a: H(p_A), in nats, constant to the gradient.
        entropy_b: H(p_B), in nats, constant to the gradient.
        a_to_b: whether A's knowledge was distilled into B.
        b_to_a: whether B's knowledge was distilled into A.
    """

    loss_a: Tensor
    loss_b: Tensor
    entropy_a: Tensor
    entropy_b: Tensor
    a_to_b: Tensor
    b_to_a: Tensor


def is_confident(source_entropy: Tensor, threshold: Tensor) -> Tensor:
    """The condition of eqs. 8 and 9: H(p) < chi, strictly.

    Args:
        source_entropy: `[batch]`, entropy of the peer that teaches, in nats.
        threshold: scalar chi, in nats.

    Returns:
        `[batch]` booleans.

    Example:
        >>> selected = cmdcore.is_confident(keras.ops.array([0.5, 0.75, 1.0]), threshold=0.75)
        >>> [bool(x) for x in selected]
        [True, False, False]
    """
    return source_entropy < ops.cast(threshold, source_entropy.dtype)


def distillation_loss(knowledge: Tensor, selected: Tensor, log_p: Tensor) -> Tensor:
    """L_B2A of eq. 8 and, with the peers exchanged, L_A2B of eq. 9.

    Args:
        knowledge: `[batch, num_classes]`, what the teaching peer believes. It is
            held constant: a peer is not changed by what it teaches.
        selected: `[batch]` booleans, from `is_confident` of the teaching peer.
        log_p: `[batch, num_classes]`, log-probabilities of the learning peer.

    Returns:
        `[batch]`, H(knowledge, p) where selected and 0 elsewhere.

    Example:
        >>> knowledge, log_p = keras.ops.array([[1.0, 0.0]] * 2), keras.ops.log([[0.5, 0.5]] * 2)
        >>> loss = cmdcore.distillation_loss(knowledge, keras.ops.array([True, False]), log_p)
        >>> [round(float(x), 3) for x in loss]  # log 2, 0
        [0.693, 0.0]
    """
    loss = cross_entropy(ops.stop_gradient(knowledge), log_p)
    return ops.where(selected, loss, ops.zeros_like(loss))


def mutual_losses(
    refined_a: Tensor,
    refined_b: Tensor,
    knowledge_a: Tensor,
    knowledge_b: Tensor,
    log_p_a: Tensor,
    log_p_b: Tensor,
    threshold: Tensor,
) -> MutualLosses:
    """L_A and L_B of eqs. 10 and 11.

    Args:
        refined_a: `[batch, num_classes]`, q~_A of table 2. Gradient flows through it.
        refined_b: `[batch, num_classes]`, q~_B of table 2. Gradient flows through it.
        knowledge_a: `[batch, num_classes]`, what A teaches: q~_A in the paper.
        knowledge_b: `[batch, num_classes]`, what B teaches: q~_B in the paper.
        log_p_a: `[batch, num_classes]`, log-probabilities of A.
        log_p_b: `[batch, num_classes]`, log-probabilities of B.
        threshold: scalar chi, in nats.

    Returns:
        `MutualLosses`. The gradient of `loss_a` with respect to B is exactly 0,
        and that of `loss_b` with respect to A.

    Example:
        >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.75, 0.25]])
        >>> log_p_b = keras.ops.log([[0.5, 0.5]])
        >>> losses = cmdcore.mutual_losses(q, q, q, q, log_p_a, log_p_b, threshold=0.6)
        >>> [round(float(x[0]), 3) for x in losses[2:4]]  # H(p_A) < 0.6 < H(p_B): A teaches B
        [0.562, 0.693]
        >>> [round(float(x[0]), 3) for x in losses[:2]]  # log 4/3, 2 log 2
        [0.288, 1.386]
    """
    entropy_a = ops.stop_gradient(entropy(log_p_a))
    entropy_b = ops.stop_gradient(entropy(log_p_b))
    a_to_b = is_confident(entropy_a, threshold)
    b_to_a = is_confident(entropy_b, threshold)
    return MutualLosses(
        loss_a=cross_entropy(refined_a, log_p_a) + distillation_loss(knowledge_b, b_to_a, log_p_a),
        loss_b=cross_entropy(refined_b, log_p_b) + distillation_loss(knowledge_a, a_to_b, log_p_b),
        entropy_a=entropy_a,
        entropy_b=entropy_b,
        a_to_b=a_to_b,
        b_to_a=b_to_a,
    )
