"""What an example weighs by how classes are taken for others; M_ij = P(given label j | true i)."""

from cmdcore import ops
from cmdcore.tensor import Tensor

# No example weighs more than the inverse of it.
_LEAST = 1e-3
# A smaller probability is 0: by it is divided.
_NEVER = 1e-30
# A larger logarithm is that of infinity.
_HUGE = 80.0


def estimated(p: Tensor) -> Tensor:
    """T by what is said of all examples: of each class the one that is said to be it most surely.

    Args:
        p: `[n, num_classes]`, probabilities; 0 where nothing was said of an example.

    Returns:
        `[num_classes, num_classes]`, rows that sum to 1. Of a class of which nothing was said it
        is the row of the identity.

    Example:
        >>> p = keras.ops.array([[0.75, 0.25, 0.0], [0.5, 0.5, 0.0]])
        >>> keras.ops.convert_to_numpy(cmdcore.methods.reweighting.estimated(p))
        array([[0.75, 0.25, 0.  ],
               [0.5 , 0.5 , 0.  ],
               [0.  , 0.  , 1.  ]], dtype=float32)
    """
    found = ops.take(p, ops.argmax(p, axis=0), axis=0)
    known = ops.max(p, axis=0)[:, None] > 0
    identity = ops.eye(p.shape[-1], dtype=p.dtype)
    found = ops.where(known, found, identity)
    return found / ops.sum(found, axis=-1, keepdims=True)


def importance(log_p: Tensor, matrix: Tensor) -> Tensor:
    """p_j / (M' p)_j, what an example weighs if its label is j.

    Args:
        log_p: `[batch, num_classes]`, log-probabilities.
        matrix: `[num_classes, num_classes]`, M, T or T + dT.

    Returns:
        `[batch, num_classes]`, between 0 and 1000, with a gradient.

    Example:
        >>> log_p, matrix = keras.ops.log([[0.25, 0.75]]), keras.ops.array([[0.5, 0.5], [0.0, 1.0]])
        >>> beta = cmdcore.methods.reweighting.importance(log_p, matrix)
        >>> [round(float(x), 3) for x in beta[0]]  # 1/4 / (1/8 + 0), 3/4 / (1/8 + 3/4)
        [2.0, 0.857]
    """
    # As 1 / (M_jj + others / p_j): exactly 1 with the identity, however small p_j.
    return 1.0 / ops.maximum(_inverse(log_p, matrix), _LEAST)


def d_matrix(q: Tensor, log_p: Tensor, matrix: Tensor) -> Tensor:
    """The gradient of the batch's mean of sum_j q_j beta_j (-log p_j) with respect to M.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        log_p: `[batch, num_classes]`, log-probabilities.
        matrix: `[num_classes, num_classes]`, M, by which beta is `importance`.

    Returns:
        `[num_classes, num_classes]`, at ij the mean of q_j log p_j beta_j p_i / (M' p)_j.

    Example:
        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
        >>> gradient = cmdcore.methods.reweighting.d_matrix(q, log_p, keras.ops.eye(2))
        >>> [[round(float(x), 3) for x in row] for row in gradient]  # -log 4, -3 log 4
        [[-1.386, 0.0], [-4.159, 0.0]]
    """
    inverse, p = _inverse(log_p, matrix), ops.exp(log_p)
    of_label = q / inverse * ops.where(q == 0, ops.zeros_like(log_p), log_p)
    # Where a weight is held it is constant.
    of_label = ops.where(inverse > _LEAST, of_label, ops.zeros_like(of_label))
    given = ops.maximum(ops.matmul(p, matrix), _NEVER)
    size = ops.cast(ops.shape(log_p)[0], log_p.dtype)
    return ops.matmul(ops.transpose(p), of_label / given) / size


def _inverse(log_p: Tensor, matrix: Tensor) -> Tensor:
    """(M' p)_j / p_j."""
    elsewhere = matrix * (1.0 - ops.eye(matrix.shape[-1], dtype=matrix.dtype))
    others = ops.matmul(ops.exp(log_p), elsewhere)
    # M_ij may be below 0.
    there = ops.abs(others) > _NEVER
    others = ops.where(there, others, ops.ones_like(others))
    log_ratio = ops.log(ops.abs(others)) - log_p
    ratio = ops.sign(others) * ops.exp(ops.minimum(log_ratio, _HUGE))
    return ops.diagonal(matrix) + ops.where(there, ratio, ops.zeros_like(ratio))
