"""Adds up, epoch by epoch, what training says of each label."""

from typing import Any

import keras

from cmd_keras.training_evidence.evidence import Evidence


class CollectEvidence(keras.callbacks.Callback):
    """Counts in the margins of each epoch of a `NumberedDistiller`, of the examples it had.

    Args:
        evidence: It grows.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Forget the margins of the epoch before."""
        self.model.margins.clear()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Count in those of this one."""
        margins = self.model.margins
        self._evidence.add(margins.of_all(), margins.seen())
