"""What a method remembers of each example, in one variable of the model that trains."""

import keras
import numpy as np
from keras import ops

from cmd_keras.train_step import put_rows, rows_of
from cmdcore import Remembering
from cmdcore.tensor import Tensor


class ExampleMemory:
    """The rows of all examples, of both peers.

    A variable of the model, so that it is saved, kept in checkpoints and handed through the
    steps of every backend as weights are. It is not trained.

    Args:
        model: To which the variable belongs.
        method: Whose rows they are.
        count: n.
        num_classes: C.
    """

    def __init__(
        self, model: keras.Model, method: Remembering, count: int, num_classes: int
    ) -> None:
        self._rows = model.add_weight(
            (count, 2, *method.row_shape(num_classes)),
            keras.initializers.Zeros(),
            "float32",
            trainable=False,
            autocast=False,
            name="memory",
        )

    def of(self, numbers: Tensor) -> Tensor:
        """What is remembered of a batch.

        Args:
            numbers: `[batch]`, which examples, 0 … n-1.

        Returns:
            float32 `[batch, 2, ...]`, of A and of B.
        """
        return rows_of(self._rows, numbers)

    def remember(self, numbers: Tensor, rows: Tensor) -> None:
        """Put other rows in their place.

        Args:
            numbers: `[batch]`, which examples, each once.
            rows: `[batch, 2, ...]`, of A and of B.
        """
        put_rows(self._rows, numbers, ops.cast(rows, "float32"))

    def forget(self) -> None:
        """Nothing is remembered of any example."""
        self._rows.assign(ops.zeros(self._rows.shape, "float32"))

    def of_all(self) -> np.ndarray:
        """float32 `[n, 2, ...]`; 0 where an example was never seen."""
        return ops.convert_to_numpy(self._rows)
