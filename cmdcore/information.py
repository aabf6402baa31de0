r"""Entropy, cross entropy and divergence, computed from log-probabilities.

Every quantity of the paper is a sum over classes of something times log p.
Taking log p straight from the logits keeps it exact where `log(p + 1e-6)`
would stop at 13.8 nats. The convention 0 log 0 = 0 is kept here and nowhere
else.
"""

import math

from cmdcore import ops, ranges
from cmdcore.tensor import Tensor

# What log 0 of a label counts as where a prediction is measured by it: log 1e-4.
_LOG_OF_NO_LABEL = -9.210340371976182


def log_probabilities(logits: Tensor) -> Tensor:
    """log p = z - log sum_j exp(z_j).

    Half-precision logits are widened to float32 first, because an entropy
    summed in 8 or 11 bits cannot be compared with a threshold.

    Args:
        logits: `[..., num_classes]`, any float type. An entry may be `-inf`
            (a class ruled out) as long as one in the row is finite.

    Returns:
        `[..., num_classes]`, float32, or float64 for float64 logits.

    Example:
        >>> log_p = cmdcore.log_probabilities([0.0, math.log(3)])
        >>> [round(float(x), 3) for x in log_p]  # log(1/4), log(3/4)
        [-1.386, -0.288]
    """
    import keras

    logits = ops.convert_to_tensor(logits)
    if keras.backend.standardize_dtype(logits.dtype) != "float64":
        logits = ops.cast(logits, "float32")
    return ops.log_softmax(logits, axis=-1)


def cross_entropy(q: Tensor, log_p: Tensor) -> Tensor:
    """H(q, p) = -sum_j q_j log p_j, with 0 log 0 = 0.

    Differentiable in both arguments, so that a refined label that contains the
    network's own prediction passes its gradient on.

    Args:
        q: `[..., num_classes]` labels. They need not be positive: the
            confidence penalty of table 2 has negative entries.
        log_p: `[..., num_classes]`, from `log_probabilities`.

    Returns:
        `[...]`, in nats. Infinite where q puts weight on a class that p rules out.

    Example:
        >>> q, log_p = keras.ops.array([1.0, 0.0]), keras.ops.log([0.25, 0.75])
        >>> round(float(cmdcore.cross_entropy(q, log_p)), 3)  # log 4
        1.386
    """
    q = ops.cast(q, log_p.dtype)
    return -ops.sum(q * ops.where(q == 0, ops.zeros_like(log_p), log_p), axis=-1)


def entropy(log_p: Tensor) -> Tensor:
    """H(p) = -sum_j p_j log p_j, with 0 log 0 = 0.

    Args:
        log_p: `[..., num_classes]`, from `log_probabilities`.

    Returns:
        `[...]`, in nats, between 0 and log(num_classes).

    Example:
        >>> log_p = keras.ops.log([0.5, 0.5, 0.0])
        >>> round(float(cmdcore.entropy(log_p)), 3)  # log 2
        0.693
    """
    return cross_entropy(ops.exp(log_p), log_p)


def kl_divergence(log_p_t: Tensor, log_p: Tensor) -> Tensor:
    """D_KL(p_t, p) = sum_j p_t,j (log p_t,j - log p_j), with 0 log 0 = 0.

    Args:
        log_p_t: `[..., num_classes]`, log-probabilities of the source of knowledge.
        log_p: `[..., num_classes]`, log-probabilities of the learner.

    Returns:
        `[...]`, in nats, at least 0.

    Example:
        >>> log_p_t, log_p = keras.ops.log([0.5, 0.5]), keras.ops.log([0.25, 0.75])
        >>> round(float(cmdcore.kl_divergence(log_p_t, log_p)), 3)  # 1/2 log 2 + 1/2 log 2/3
        0.144
    """
    p_t = ops.exp(log_p_t)
    log_ratio = ops.where(p_t == 0, ops.zeros_like(log_p_t), log_p_t - log_p)
    return ops.sum(p_t * log_ratio, axis=-1)


def max_entropy(num_classes: int) -> float:
    """H(u) = log C, the entropy of the uniform distribution over C classes.

    Args:
        num_classes: C, at least 2.

    Returns:
        A Python float, in nats.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> round(cmdcore.max_entropy(4), 3)  # log 4
        1.386
    """
    ranges.class_count(num_classes)
    return math.log(num_classes)


def certainty(entropy: Tensor, num_classes: int) -> Tensor:
    """1 - H/H(u): 0 for the entropy of a uniform prediction, 1 for none.

    l(p) of eq. 5 for one sample; its mean over all samples is r of eq. 6.

    Args:
        entropy: H(p) in nats, any shape.
        num_classes: C, at least 2.

    Returns:
        A tensor of the shape of `entropy`, clipped to [0, 1] against rounding.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> entropy = keras.ops.log(2.0)
        >>> round(float(cmdcore.certainty(entropy, num_classes=4)), 3)  # 1 - log 2 / log 4
        0.5
    """
    return ops.clip(1.0 - entropy / max_entropy(num_classes), 0.0, 1.0)


def confidence(log_p: Tensor) -> Tensor:
    """l(p) = 1 - H(p)/H(u), eq. 5.

    Args:
        log_p: `[..., num_classes]`, from `log_probabilities`.

    Returns:
        `[...]`, in [0, 1].

    Raises:
        ValueError: if there are fewer than 2 classes.

    Example:
        >>> log_p = keras.ops.log([0.5, 0.5, 0.0, 0.0])
        >>> round(float(cmdcore.confidence(log_p)), 3)  # 1 - log 2 / log 4
        0.5
    """
    return certainty(entropy(log_p), log_p.shape[-1])


def reverse_cross_entropy(q: Tensor, log_p: Tensor) -> Tensor:
    """H(p, q), where log 0 of a label counts as log 1e-4; for one class 9.21 (1 - p_y).

    The SCE paper writes -4 in place of that logarithm, its code this.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p: `[batch, num_classes]`, log-probabilities.

    Returns:
        `[batch]`, in nats.

    Example:
        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
        >>> loss = cmdcore.information.reverse_cross_entropy(q, log_p)
        >>> round(float(loss[0]), 3)
        6.908
    """
    q = ops.cast(q, log_p.dtype)
    at_least = ops.exp(ops.cast(_LOG_OF_NO_LABEL, log_p.dtype))
    return -ops.sum(ops.exp(log_p) * ops.log(ops.maximum(q, at_least)), axis=-1)
