"""What a method remembers of each example, in one variable of the model that trains."""

import keras
from keras import ops

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
        return ops.take(self._rows, numbers, axis=0)

    def remember(self, numbers: Tensor, rows: Tensor) -> None:
        """Put other rows in their place.

        Args:
            numbers: `[batch]`, which examples, each once.
            rows: `[batch, 2, ...]`, of A and of B.
        """
        places = ops.cast(numbers, "int32")[:, None]
        rows = ops.cast(rows, "float32")
        self._rows.assign(ops.scatter_update(self._rows, places, rows))

    def forget(self) -> None:
        """Nothing is remembered of any example."""
        self._rows.assign(ops.zeros(self._rows.shape, "float32"))

    def of_all(self) -> Tensor:
        """float32 `[n, 2, ...]`, a NumPy array; 0 where an example was never seen."""
        return ops.convert_to_numpy(self._rows)
