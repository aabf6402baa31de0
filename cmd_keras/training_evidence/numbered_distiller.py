"""Two peers that are trained on numbered examples, and remember what they thought of each."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.training_evidence.epoch_margins import EpochMargins, margins
from cmdcore.tensor import Tensor


@keras.saving.register_keras_serializable(package="cmd_keras")
class NumberedDistiller(MutualDistiller):
    """A `MutualDistiller` to whose `fit` the numbers of the examples are given as labels.

    Args:
        labels: `[n]`, the label of each example, integers.
        *args: As `MutualDistiller` takes them.
        **kwargs: As `MutualDistiller` takes them.

    Attributes:
        margins: What this epoch's steps predicted, an `EpochMargins`.
    """

    def __init__(self, labels: np.ndarray, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._labels = np.asarray(labels, np.int32)
        self.margins = EpochMargins(len(labels))

    def loss_of_logits(
        self, logits: tuple[Tensor, Tensor], y: Tensor, sample_weight: Tensor | None
    ) -> Tensor:
        """As that of any two peers; `y` are numbers `[batch]`."""
        labels = ops.take(ops.convert_to_tensor(self._labels), y)
        both = [ops.stop_gradient(margins(labels, of_peer)) for of_peer in logits]
        self.margins.update_state(y, ops.stack(both, axis=-1))
        return super().loss_of_logits(logits, labels, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        return {**super().get_config(), "labels": self._labels.tolist()}
