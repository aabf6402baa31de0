"""What a step need not ask where it sees the whole batch."""

from collections.abc import Callable
from typing import Any


class WholeBatch:
    """Base of the steps of backends that compile, or run, the whole step themselves."""

    def compiled_objective(self, objective: Callable, num_classes: int) -> Callable:
        """The objective itself: JAX compiles the whole step, PyTorch runs it as it is."""
        return objective

    def examples_per_replica(self, values: Any) -> int:
        """Size of the batch, however many devices it is spread over.

        Args:
            values: `[batch]`, one for each example.
        """
        return values.shape[0]
