"""How far each example was from being another class, in the epoch that goes on."""

import keras
import numpy as np
from keras import ops

from cmd_keras.train_step import add_rows
from cmdcore.tensor import Tensor


def margins(labels: Tensor, logits: Tensor) -> Tensor:
    """(p_y - p_k) / (p_y + p_k), where k is the most probable class but the given one, y.

    That of the logits, z_y - z_k (Pleiss et al., NeurIPS 2020), grows without bound once a
    label is known by heart, and so would say what the last epochs say.

    Args:
        labels: `[batch]`, integers.
        logits: `[batch, num_classes]`, of one peer.

    Returns:
        `[batch]`, in [-1, 1]; negative where another class is predicted.
    """
    given = ops.one_hot(labels, logits.shape[-1], dtype="bool")
    zero = ops.zeros((), logits.dtype)
    z_given = ops.sum(ops.where(given, logits, zero), axis=-1)
    lowest = ops.cast(-float("inf"), logits.dtype)
    z_other = ops.max(ops.where(given, lowest, logits), axis=-1)
    return ops.tanh((z_given - z_other) / 2.0)


def _unseen(shape: tuple[int, ...], dtype: str) -> Tensor:
    # The negative zero, which no sum of margins is: one that is nothing is the positive one, and to
    # add to this is exact. So a step has nothing more to count, and checkpoints hold what they did.
    # Not by `ops.full`: TensorFlow keeps scalars, and takes the positive one for its equal.
    return ops.convert_to_tensor(np.full(shape, -0.0, dtype))


class EpochMargins(keras.metrics.Metric):
    """Both peers' margins of every example, of the epoch that goes on.

    A metric, because that is what Keras adds up over replicas and hands through the steps of
    every backend. It is logged under no name.

    Args:
        count: n.
    """

    def __init__(self, count: int) -> None:
        super().__init__(name="epoch_margins")
        self._margins = self.add_variable((count, 2), _unseen, dtype="float32", name="margins")

    def clear(self) -> None:
        """Begin an epoch."""
        self._margins.assign(_unseen(self._margins.shape, self._margins.dtype))

    def reset_state(self) -> None:
        """Nothing: between the last step of an epoch and its end Keras evaluates, and resets."""

    def update_state(self, numbers: Tensor, margins: Tensor) -> None:
        """Note the margins of a batch.

        Args:
            numbers: `[batch]`, which examples, 0 … n-1, each once an epoch.
            margins: `[batch, 2]`, of A and of B.
        """
        add_rows(self._margins, ops.cast(numbers, "int32"), ops.cast(margins, "float32"))

    def result(self) -> dict:
        """Nothing that is logged."""
        return {}

    def of_all(self) -> np.ndarray:
        """float32 `[n, 2]`; 0 where an example was not seen."""
        return ops.convert_to_numpy(self._margins)

    def seen(self) -> np.ndarray:
        """`[n]`, which examples a step has had in this epoch."""
        margins = self.of_all()
        # NaN is neither zero.
        return ((margins != 0.0) | ~np.signbit(margins)).any(axis=1)
