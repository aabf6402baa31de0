"""Both peers on the held-out share of the training data, after each epoch."""

from typing import Any

import keras

from cmd_keras.data import Dataset


class ValidationShare(keras.callbacks.Callback):
    """Evaluates both peers on the held-out share of the training data.

    Adds `validation_…` to the logs, so it has to stand before whatever reads them.

    Args:
        dataset: A set with a validation share.
    """

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self._batches = dataset.validation_batches()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Add losses and accuracies."""
        measured = self.model.evaluate(self._batches, return_dict=True, verbose=0)
        logs |= {f"validation_{name}": value for name, value in measured.items()}
