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
        b: steepness. 0 gives 1/2 everywhere; no value overflows.

    Returns:
        A tensor in [0, 1] of the shape of `x`.
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
    """
    ranges.selection_scale(eta)
    ranges.finite("b2", b2)
    return max_entropy(num_classes) / eta * 2.0 * logistic(progress - 0.5, b2)


def trust_by_time(progress: Tensor, b1: float) -> Tensor:
    """g(t) = h(t/Gamma - 1/2, b1), eq. 5.

    Args:
        progress: t/Gamma in [0, 1], any shape.
        b1: steepness.

    Returns:
        Trust in the network as a whole, in [0, 1], of the shape of `progress`.
    """
    return logistic(progress - 0.5, b1)


def trust_by_certainty(certainty: Tensor, rho: float, b1: float) -> Tensor:
    """g(r) = h(r - rho, b1), eq. 6.

    Args:
        certainty: r = 1 - mean H(p)/H(u) over all training samples, any shape.
        rho: the certainty from which the network is trusted more than not.
        b1: steepness.

    Returns:
        Trust in the network as a whole, in [0, 1], of the shape of `certainty`.
    """
    return logistic(certainty - rho, b1)
