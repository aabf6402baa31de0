"""Adds up, epoch by epoch, what training says of each label."""

from typing import Any

import keras
import numpy as np

from cmd_keras.training_evidence.evidence import Evidence

# Rounding may add to a margin.
_MOST = 1.001


class CollectEvidence(keras.callbacks.Callback):
    """Counts in the margins of each epoch of a `NumberedDistiller`, of the examples it had.

    Args:
        evidence: It grows.

    Raises:
        ValueError: at the end of an epoch in which an example came twice.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Count in those of this one."""
        of_all, seen = self.model.margins.of_all(), self.model.margins.seen()
        # One margin is at most 1. Two that are not more together than one is are not noticed.
        twice = np.flatnonzero(np.abs(of_all).max(axis=1) > _MOST)
        if len(twice):
            raise ValueError(
                f"Example number {twice[0]}, counted from 0, came more than once in epoch "
                f"{epoch + 1}, and an epoch has each once. Give fit the steps_per_epoch that the "
                "examples make, or a data set without repeat()."
            )
        self._evidence.add(of_all, seen)
