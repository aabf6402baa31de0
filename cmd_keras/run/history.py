"""What happened in each epoch, kept in memory and in `history.csv`."""

import math
import time
from typing import Any

import keras

from cmd_keras.run.folder import RunFolder

# Keras hands out logs in alphabetical order; a table is read from left to right.
_ACCURACIES = ("peer_a_accuracy", "peer_b_accuracy", "mean_accuracy", "ensemble_accuracy")
_MEASURED = ("loss", "peer_a_loss", "peer_b_loss", *_ACCURACIES)
_DISTILLED = (
    "threshold",
    "peer_a_entropy",
    "peer_b_entropy",
    "peer_a_certainty",
    "peer_b_certainty",
    "a_to_b",
    "b_to_a",
)
MEMORISATION = (
    "clean_part_accuracy",
    "corrupted_part_given_accuracy",
    "corrupted_part_true_accuracy",
)


class RunHistory(keras.callbacks.Callback):
    """Collects one row an epoch; `write` writes all of them.

    What Keras calls `val_…` is called `test_…` here, because it is the test set that
    `fit` evaluates on. Quantities that a run does not measure have no column.

    Args:
        folder: Where `history.csv` is kept.
        num_classes: C, to turn certainty r back into the mean entropy.
        rows: Those of the epochs before, when a run is taken up again.
        seconds: How long these epochs took.

    Attributes:
        rows: One dictionary an epoch, with `epoch` counted from 1.
        seconds: One number an epoch. They stand apart from the rows, which the same
            seed repeats to the last bit.
    """

    def __init__(
        self,
        folder: RunFolder,
        num_classes: int,
        rows: list[dict[str, Any]],
        seconds: list[float],
    ) -> None:
        super().__init__()
        self.rows = list(rows)
        self.seconds = list(seconds)
        self._folder = folder
        self._max_entropy = math.log(num_classes)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the row of this epoch."""
        values = {
            (name.replace("val_", "test_", 1) if name.startswith("val_") else name): float(value)
            for name, value in logs.items()
        }
        values["epoch"] = epoch + 1
        columns = (
            "epoch",
            *_MEASURED,
            *(f"validation_{name}" for name in _MEASURED),
            *(f"test_{name}" for name in _MEASURED),
            *MEMORISATION,
            *_DISTILLED,
            "learning_rate",
        )
        self.rows.append({name: values[name] for name in columns if name in values})
        self.seconds.append(round(time.perf_counter() - self._started, 3))

    def write(self) -> None:
        """Write `history.csv`, if anything has happened yet."""
        if self.rows:
            self._folder.write_csv("history.csv", self.rows[0], (row.values() for row in self.rows))

    def record(self) -> dict[str, Any]:
        """What a checkpoint keeps of this."""
        return {"rows": self.rows, "seconds": self.seconds}
