"""What a method estimates of classes that are taken for others, in a variable of the model."""

import keras
import numpy as np
from keras import ops

from cmdcore import Estimating
from cmdcore.tensor import Tensor


class ClassMatrices:
    """The matrices of both peers.

    A variable of the model, so that it is saved, kept in checkpoints and handed through the
    steps of every backend as weights are. The optimizer does not move it: the method does.

    Args:
        model: To which the variable belongs.
        method: Whose matrices they are.
        num_classes: C.
    """

    def __init__(self, model: keras.Model, method: Estimating, num_classes: int) -> None:
        self._method = method
        # Nothing was said of the only example.
        self._no_rows = np.zeros((1, 2, *method.row_shape(num_classes)), "float32")
        self._matrices = model.add_weight(
            (2, *method.matrices_shape(num_classes)),
            keras.initializers.Zeros(),
            "float32",
            trainable=False,
            autocast=False,
            name="matrices",
        )
        self.forget()

    def of_both(self) -> Tensor:
        """float32 `[2, ...]`, of A and of B."""
        # A copy: PyTorch changes the variable before it looks at what came of it.
        return ops.copy(self._matrices)

    def replace(self, matrices: Tensor) -> None:
        """Put others in their place.

        Args:
            matrices: `[2, ...]`, of A and of B.
        """
        self._matrices.assign(ops.cast(matrices, "float32"))

    def forget(self) -> None:
        """They are those with which training begins."""
        self.replace(ops.zeros(self._matrices.shape, "float32"))
        self.begin_phase(0, self._no_rows)

    def begin_phase(self, number: int, rows: np.ndarray) -> None:
        """They are those with which the method begins a phase.

        Args:
            number: Of the phase, counted from 0.
            rows: `[n, 2, ...]`, what is remembered of all examples.
        """
        self.replace(self._method.matrices_at(number, ops.convert_to_tensor(rows), self.of_both()))
