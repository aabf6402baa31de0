"""Backward correction: the loss is made right again, by the inverse of how labels went wrong."""

import dataclasses
import functools
import math

from cmdcore import ops
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.corrected import Corrected, Matrix
from cmdcore.tensor import Tensor

# The largest sum of a row of the inverse with which float32 still says something.
_LARGEST = 1e4


@registered
@dataclasses.dataclass(frozen=True, repr=False)
class Backward(Corrected):
    """Backward correction, sum_j (q T^-1)_j (-log p_j).

    Giorgio Patrini et al., Making deep neural networks robust to label noise: a loss correction
    approach, CVPR 2017.

    Its mean over wrong labels is cross entropy with the right ones. T is given, not estimated,
    and both networks learn from the start. The inverse has negative entries, and the loss has
    no least value.

    Args:
        transition: T, `[num_classes, num_classes]`, T_ij = P(given label j | true class i).

    Raises:
        ValueError: if it is no such matrix, or (nearly) singular: labels then do not tell which
            classes they came from.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        inverse(self.transition)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """Cross entropy with labels that are corrected by the inverse of T.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`, in nats; it may be negative.

        Raises:
            ValueError: if T is of another number of classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.5]])
            >>> method = cmdcore.Backward(transition=((0.75, 0.25), (0.25, 0.75)))
            >>> round(float(method.loss(q, log_p)[0]), 3)  # 3/2 log 4 - 1/2 log 2
            1.733
        """
        inverted = self._tensor(inverse(self.transition), log_p)
        return cross_entropy(ops.matmul(ops.cast(q, log_p.dtype), inverted), log_p)


@functools.lru_cache(maxsize=8)
def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a transition matrix, by elimination.

    Args:
        matrix: `[num_classes, num_classes]`, rows that sum to 1.

    Raises:
        ValueError: if it is singular, or so nearly that float32 cannot compute with its inverse.

    Example:
        >>> cmdcore.methods.backward.inverse(((0.75, 0.25), (0.25, 0.75)))
        ((1.5, -0.5), (-0.5, 1.5))
    """
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        largest = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[largest] = rows[largest], rows[i]
        pivot = rows[i][i]
        if pivot == 0:
            break
        rows[i] = [x / pivot for x in rows[i]]
        for k in range(size):
            factor = rows[k][i]
            if k != i and factor != 0:
                rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i], strict=True)]
    found = tuple(tuple(row[size:]) for row in rows)
    norm = max(sum(map(abs, row)) for row in found) if pivot else math.inf
    if not norm < _LARGEST:
        raise ValueError(
            "transition is singular, or nearly: its inverse has "
            f"{'no entries' if math.isinf(norm) else f'entries that sum to {norm:.2g}'}. Labels "
            "that are wrong in this way do not tell their classes apart; forward takes such a T."
        )
    return found
