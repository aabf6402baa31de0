"""What the methods share that correct a loss by a matrix: how classes are taken for others."""

import dataclasses
from typing import Any

from cmdcore import ops, ranges
from cmdcore.methods.independent import Independent
from cmdcore.tensor import Tensor

Matrix = tuple[tuple[float, ...], ...]

# How far the sum of a row may be from 1: a matrix may have been estimated in float32.
_ROUNDING = 1e-4


@dataclasses.dataclass(frozen=True, repr=False)
class Corrected(Independent):
    """Base of the methods that know how labels came to be wrong.

    Args:
        transition: T, `[num_classes, num_classes]`, T_ij = P(given label j | true class i).

    Raises:
        ValueError: if it is no such matrix.
    """

    transition: Matrix

    def __post_init__(self) -> None:
        rows = tuple(tuple(float(x) for x in row) for row in self.transition)
        object.__setattr__(self, "transition", rows)
        ranges.class_count(len(rows))
        for number, row in enumerate(rows):
            if len(row) != len(rows):
                raise ValueError(
                    f"transition must have as many columns as rows, received {len(row)} in row "
                    f"{number} of {len(rows)}."
                )
            if not (min(row) >= 0 and abs(sum(row) - 1) < _ROUNDING):
                raise ValueError(
                    "transition must have rows of probabilities that sum to 1, P(given j | true i) "
                    f"for one class i, received {sum(row):g} in row {number}, of which the least "
                    f"is {min(row):g}. Give enough digits: sums may be {_ROUNDING:g} off."
                )

    def __repr__(self) -> str:
        # A hundred classes are 10,000 numbers.
        classes = len(self.transition)
        return f"{type(self).__name__}(transition={classes} x {classes})"

    def get_config(self) -> dict[str, Any]:
        """The matrix, as lists, which Keras writes as they are.

        Example:
            >>> cmdcore.Forward(transition=((0.9, 0.1), (0.2, 0.8))).get_config()
            {'transition': [[0.9, 0.1], [0.2, 0.8]]}
        """
        return {"transition": [list(row) for row in self.transition]}

    def _tensor(self, matrix: Matrix, log_p: Tensor) -> Tensor:
        """The matrix, for log-probabilities of as many classes."""
        if len(matrix) != log_p.shape[-1]:
            raise ValueError(
                f"transition is a matrix of {len(matrix)} classes, and the networks tell "
                f"{log_p.shape[-1]} apart. Give one that fits them."
            )
        return ops.convert_to_tensor(matrix, log_p.dtype)
