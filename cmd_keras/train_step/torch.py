"""The step on PyTorch: one backward pass through both peers."""

from typing import Any

import keras
import torch

from cmd_keras.edited_gradients import edited
from cmd_keras.train_step.whole_batch import compiled, examples_per_replica, rows_of

__all__ = ["TrainStep", "add_rows", "compiled", "examples_per_replica", "put_rows", "rows_of"]


class TrainStep:
    """`train_step` and `test_step` of `MutualDistiller` on PyTorch."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """Forward both peers, differentiate the sum of their losses, update both."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        self.zero_grad()
        loss, y_pred = self.mutual_loss(x, y, sample_weight)
        self.optimizer.scale_loss(loss).backward()
        gradients = [variable.value.grad for variable in self.trainable_variables]
        with torch.no_grad():
            gradients = edited(self, gradients, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            self.advance_clock()
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Forward both peers and measure them against the given labels."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self.evaluation_loss(x, y, sample_weight)
        return self.evaluation_logs(x, y, y_pred, sample_weight)


def put_rows(variable: keras.Variable, numbers: torch.Tensor, rows: torch.Tensor) -> None:
    """Put other rows in their place.

    Args:
        variable: `[n, ...]`, whose other rows are not touched.
        numbers: `[batch]`, which rows, each once.
        rows: `[batch, ...]`, of the type of the variable.
    """
    with torch.no_grad():
        variable.value.index_copy_(0, numbers.long(), rows)


def add_rows(variable: keras.Variable, numbers: torch.Tensor, rows: torch.Tensor) -> None:
    """Add to some rows.

    Args:
        variable: `[n, ...]`, whose other rows are not touched.
        numbers: `[batch]`, which rows. What one that comes twice is given is added twice.
        rows: `[batch, ...]`, of the type of the variable, without a gradient.
    """
    with torch.no_grad():
        variable.value.index_add_(0, numbers, rows)
