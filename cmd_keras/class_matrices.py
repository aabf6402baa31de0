"""What a method estimates of classes that are taken for others, in a variable of the model."""

import keras
import numpy as np
from keras import ops

from cmd_keras.numbers_of_peers import NumbersOfPeers
from cmdcore import Estimating


class ClassMatrices(NumbersOfPeers):
    """The matrices of both peers.

    Args:
        model: To which the variable belongs.
        method: Whose matrices they are.
        num_classes: C.
    """

    def __init__(self, model: keras.Model, method: Estimating, num_classes: int) -> None:
        super().__init__(model, method.matrices_shape(num_classes), "matrices")
        self._method = method
        # Nothing was said of the only example.
        self._no_rows = np.zeros((1, 2, *method.row_shape(num_classes)), "float32")
        self.forget()

    def forget(self) -> None:
        """They are those with which training begins."""
        super().forget()
        self.begin_phase(0, self._no_rows)

    def begin_phase(self, number: int, rows: np.ndarray) -> None:
        """They are those with which the method begins a phase.

        Args:
            number: Of the phase, counted from 0.
            rows: `[n, 2, ...]`, what is remembered of all examples.
        """
        self.replace(self._method.matrices_at(number, ops.convert_to_tensor(rows), self.of_both()))
