"""Small losses first: wrong labels are learned late, and have a large loss until then.

What Co-teaching, Co-teaching+, S2E and MentorNet share: how many examples of a batch are learned
from, and which. Both are constants, through which no gradient flows.
"""

from cmdcore import ops
from cmdcore.tensor import Tensor

# (1 - 0.4) * 10 is 5.9999995 in float32, and means 6.
_ROUNDING = 1e-6


def forget_rate(progress: Tensor, rate: float, warmup: float, exponent: float) -> Tensor:
    """R(t) = rate min(1, (t/Gamma) / warmup)^exponent, the share that is not learned from.

    Args:
        progress: t/Gamma in [0, 1], any shape.
        rate: Share of wrong labels, in [0, 1).
        warmup: The progress from which on R is `rate`, in (0, 1].
        exponent: How R rises until then, at least 0: 1 is a straight line.

    Returns:
        In [0, rate], of the shape of `progress`.

    Example:
        >>> progress = keras.ops.array([0.0, 0.025, 0.05, 1.0])
        >>> R = cmdcore.methods.small_loss.forget_rate(progress, 0.4, warmup=0.05, exponent=1.0)
        >>> [round(float(x), 3) for x in R]
        [0.0, 0.2, 0.4, 0.4]
    """
    return rate * ops.minimum(progress / warmup, 1.0) ** exponent


def kept(share: Tensor, size: Tensor) -> Tensor:
    """How many of `size` examples a share is: rounded down, but by float32; never more than all.

    Args:
        share: In [0, 1].
        size: How many there are, a float.

    Returns:
        A whole number, as a float.

    Example:
        >>> float(cmdcore.methods.small_loss.kept(keras.ops.array(1.0 - 0.4), size=10.0))
        6.0
    """
    return ops.minimum(ops.floor(share * size * (1.0 + _ROUNDING)), size)


def smallest(loss: Tensor, count: Tensor) -> Tensor:
    """Which examples have the `count` smallest losses; of equal ones the first.

    Args:
        loss: `[batch]`.
        count: How many, a scalar float.

    Returns:
        `[batch]`, booleans.

    Example:
        >>> loss = keras.ops.array([3.0, 1.0, 2.0])
        >>> chosen = cmdcore.methods.small_loss.smallest(loss, count=2.0)
        >>> keras.ops.convert_to_numpy(chosen).tolist()
        [False, True, True]
    """
    loss = ops.stop_gradient(loss)
    rank = ops.argsort(ops.argsort(loss))
    return ops.cast(rank, loss.dtype) < count


def mean_over(loss: Tensor, chosen: Tensor, count: Tensor) -> Tensor:
    """Losses whose mean over the batch is that of the chosen ones, `count` of them.

    Args:
        loss: `[batch]`.
        chosen: `[batch]`, booleans.
        count: How many are true, a scalar float.

    Returns:
        `[batch]`, 0 where an example is not chosen, even if its loss is infinite; but NaN where
        that is NaN, so that labels out of range are noticed.

    Example:
        >>> loss, chosen = keras.ops.array([3.0, 1.0]), keras.ops.array([False, True])
        >>> rows = cmdcore.methods.small_loss.mean_over(loss, chosen, count=1.0)
        >>> [float(row) for row in rows]
        [0.0, 2.0]
    """
    size = ops.cast(ops.shape(loss)[0], loss.dtype)
    counts = ops.logical_or(chosen, ops.isnan(loss))
    return ops.where(counts, loss * (size / count), ops.zeros_like(loss))
