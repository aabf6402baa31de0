"""What happened in each epoch, kept in memory and in `history.csv`."""

import math
import time
from typing import Any

import keras

from cmd_keras.mutual_objective import ACCURACIES, LOSSES
from cmd_keras.run.folder.run_folder import RunFolder

# Keras hands out logs in alphabetical order; a table is read from left to right.
_MEASURED = ("loss", *LOSSES, *ACCURACIES)


class RunHistory(keras.callbacks.Callback):
    """Collects one row an epoch; `write` writes all of them.

    What Keras calls `val_…` is called `test_…` here, because it is the test set that
    `fit` evaluates on. Quantities that a run does not measure have no column.

    Args:
        folder: Where `history.csv` is kept.
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
        rows: list[dict[str, Any]],
        seconds: list[float],
    ) -> None:
        super().__init__()
        self.rows = list(rows)
        self.seconds = list(seconds)
        self._folder = folder

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
        known = (
            "epoch",
            *_MEASURED,
            *(f"validation_{name}" for name in _MEASURED),
            *(f"test_{name}" for name in _MEASURED),
        )
        last = (*self.model.method.measures, "learning_rate")
        between = (name for name in values if name not in (*known, *last))
        columns = (*known, *between, *last)
        self.rows.append({name: values[name] for name in columns if name in values})
        self.seconds.append(round(time.perf_counter() - self._started, 3))

    def write(self) -> None:
        """Write `history.csv`, if anything has happened yet.

        Its columns are those of the first epoch: another version, which takes a run up again, may
        measure more or less.
        """
        if self.rows:
            first, *_ = self.rows
            rows = ([row.get(name, math.nan) for name in first] for row in self.rows)
            self._folder.write_csv("history.csv", first, rows)

    def record(self) -> dict[str, Any]:
        """What a checkpoint keeps of this."""
        return {"rows": self.rows, "seconds": self.seconds}
