"""What changes as training goes on: the threshold chi and the global trust g.

All are functions of progress t/Gamma, where t is the number of the current
epoch (or step), counted from 1, and Gamma the number of all. None keeps state.
"""

from cmdcore import ops, ranges
from cmdcore.information import max_entropy
from cmdcore.tensor import Tensor


def logistic(x: Tensor, b: float) -> Tensor:
    """h(lambda, b) = 1 / (1 + exp(-lambda * b)), section 3.1.

    Args:
        x: lambda, any shape.
        b: steepness, finite. 0 gives 1/2 everywhere; no value overflows.

    Returns:
        A tensor in [0, 1] of the shape of `x`.

    Example:
        >>> round(float(cmdcore.logistic(1.0, b=math.log(3))), 3)  # 1 / (1 + 1/3)
        0.75
    """
    return ops.sigmoid(x * float(b))


def threshold(progress: Tensor, eta: float, b2: float, num_classes: int) -> Tensor:
    """chi = H(u)/eta * 2 h(t/Gamma - 1/2, b2), eq. 12.

    Args:
        progress: t/Gamma in [0, 1], any shape.
        eta: scale of the threshold, not 0. Halfway through training chi is
            H(u)/eta whatever `b2` is.
        b2: 0 keeps chi constant, below 0 lowers it as training goes on, above
            0 raises it.
        num_classes: C.

    Returns:
        chi in nats, of the shape of `progress`.

    Raises:
        ValueError: if `eta` is 0 or NaN, `b2` not finite, or `num_classes` below 2.

    Example:
        >>> progress, b2 = keras.ops.array([0.0, 0.5, 1.0]), -2 * math.log(3)
        >>> chi = cmdcore.threshold(progress, eta=2.0, b2=b2, num_classes=4)
        >>> [round(float(x), 3) for x in chi]  # log 4 / 2, times 3/2, 1 and 1/2
        [1.04, 0.693, 0.347]
    """
    ranges.selection_scale(eta)
    ranges.finite("b2", b2)
    return max_entropy(num_classes) / eta * 2.0 * logistic(progress - 0.5, b2)


def trust_by_time(progress: Tensor, b1: float) -> Tensor:
    """g(t) = h(t/Gamma - 1/2, b1), eq. 5.

    Args:
        progress: t/Gamma in [0, 1], any shape.
        b1: steepness, finite. It is checked where it is set, by `ProSelfLC`.

    Returns:
        Trust in the network as a whole, in [0, 1], of the shape of `progress`.

    Example:
        >>> round(float(cmdcore.trust_by_time(1.0, b1=2 * math.log(3))), 3)  # h(1/2, 2 log 3)
        0.75
    """
    return logistic(progress - 0.5, b1)


def trust_by_certainty(certainty: Tensor, rho: float, b1: float) -> Tensor:
    """g(r) = h(r - rho, b1), eq. 6.

    Args:
        certainty: r = 1 - mean H(p)/H(u) over all training samples, any shape.
        rho: the certainty from which the network is trusted more than not.
        b1: steepness, finite. It is checked where it is set, by `Mconf`.

    Returns:
        Trust in the network as a whole, in [0, 1], of the shape of `certainty`.

    Example:
        >>> trust = cmdcore.trust_by_certainty(0.0, rho=0.5, b1=2 * math.log(3))
        >>> round(float(trust), 3)  # h(-1/2, 2 log 3)
        0.25
    """
    return logistic(certainty - rho, b1)
