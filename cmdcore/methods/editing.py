"""Methods that change gradients before they are applied."""

import abc
from collections.abc import Sequence

from cmdcore.methods.method import Method, Moment
from cmdcore.tensor import Tensor


class Editing(Method):
    """Base of the methods that choose, weight by weight, what is learned from a batch."""

    @abc.abstractmethod
    def edited(
        self, gradients: Sequence[Tensor], weights: Sequence[Tensor], moment: Moment
    ) -> list[Tensor]:
        """What the optimizer is given in place of the gradients.

        Args:
            gradients: Of one peer's mean loss, one for each of its trainable weights. A
                constant factor, as half precision has one, must make no other difference.
            weights: These weights, of the same shapes.
            moment: How far training has come.

        Returns:
            As many, of the same shapes.
        """
