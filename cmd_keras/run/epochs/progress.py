"""What a run tells the person in front of the terminal while it trains."""

from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cmd_keras.say import say

_COLUMNS = (
    ("epoch", 9),
    ("loss", 8),
    ("test A", 8),
    ("test B", 8),
    ("both", 8),
    ("χ", 7),
    ("A→B", 6),
    ("B→A", 6),
    ("r A", 6),
    ("r B", 6),
)


# What not every method measures.
_OF_METHOD = (
    ("threshold", ".3f"),
    ("a_to_b", ".0%"),
    ("b_to_a", ".0%"),
    ("peer_a_certainty", ".3f"),
    ("peer_b_certainty", ".3f"),
)


class EpochLines(keras.callbacks.Callback):
    """A live bar while an epoch runs, and one line when it has ended.

    Args:
        console: Where to print. The bar is shown on terminals only.
        rows: The rows of a `RunHistory` that comes earlier in the list of callbacks.
    """

    def __init__(self, console: Console, rows: list[dict[str, Any]]) -> None:
        super().__init__()
        self._console = console
        self._rows = rows
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("steps", markup=False),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def on_train_begin(self, logs: Any = None) -> None:
        """Print the heading and start the bar."""
        self._print(name for name, _ in _COLUMNS)
        epochs, steps = self.params["epochs"], self.params["steps"]
        self._progress.start()
        self._task = self._progress.add_task("training", total=epochs * steps)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar."""
        self._progress.advance(self._task)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print the line of this epoch."""
        row = self._rows[-1]
        self._print(
            (
                f"{row['epoch']}/{self.params['epochs']}",
                f"{row['loss']:.4f}",
                f"{row['test_peer_a_accuracy']:.2%}",
                f"{row['test_peer_b_accuracy']:.2%}",
                f"{row['test_ensemble_accuracy']:.2%}",
                *(_cell(row, name, form) for name, form in _OF_METHOD),
            )
        )

    def stop(self) -> None:
        """Take the bar off the screen, however training ended."""
        self._progress.stop()

    def _print(self, cells: Any) -> None:
        line = "".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
        say(self._console, line)


def _cell(row: dict[str, Any], name: str, form: str) -> str:
    return format(row[name], form) if name in row else "–"
