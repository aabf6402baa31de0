"""What happened in each epoch, kept in memory and in `history.csv`."""

import csv
import math
import time
from pathlib import Path
from typing import Any

import keras

# Keras hands out logs in alphabetical order; a table is read from left to right.
_ACCURACIES = ("peer_a_accuracy", "peer_b_accuracy", "mean_accuracy", "ensemble_accuracy")
_COLUMNS = (
    "epoch",
    "loss",
    "peer_a_loss",
    "peer_b_loss",
    *_ACCURACIES,
    "test_loss",
    "test_peer_a_loss",
    "test_peer_b_loss",
    *(f"test_{accuracy}" for accuracy in _ACCURACIES),
    "threshold",
    "peer_a_entropy",
    "peer_b_entropy",
    "peer_a_certainty",
    "peer_b_certainty",
    "a_to_b",
    "b_to_a",
    "learning_rate",
    "seconds",
)


class RunHistory(keras.callbacks.Callback):
    """Collects one row an epoch and writes it to a CSV file as soon as it is known.

    What Keras calls `val_…` is called `test_…` here, because it is the test set
    that the command line evaluates on.

    Args:
        path: The CSV file. It is replaced.
        num_classes: C, to turn certainty r back into the mean entropy.

    Attributes:
        rows: One dictionary an epoch, with `epoch` counted from 1.
    """

    def __init__(self, path: Path, num_classes: int) -> None:
        super().__init__()
        self.rows: list[dict[str, float]] = []
        self._path = path
        self._max_entropy = math.log(num_classes)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the row of this epoch."""
        values = {
            (name.replace("val_", "test_", 1) if name.startswith("val_") else name): value
            for name, value in logs.items()
        }
        for peer in ("peer_a", "peer_b"):
            values[f"{peer}_entropy"] = (1.0 - logs[f"{peer}_certainty"]) * self._max_entropy
        values["epoch"] = epoch + 1
        values["seconds"] = round(time.perf_counter() - self._started, 3)
        row = {name: values[name] for name in _COLUMNS}
        self.rows.append(row)
        with self._path.open("a" if len(self.rows) > 1 else "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=_COLUMNS)
            if len(self.rows) == 1:
                writer.writeheader()
            writer.writerow(row)
