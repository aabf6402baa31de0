"""What a run tells the person in front of the terminal."""

from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cmd_keras.run.say import plain, say

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
                f"{row['threshold']:.3f}",
                f"{row['a_to_b']:.0%}",
                f"{row['b_to_a']:.0%}",
                f"{row['peer_a_certainty']:.3f}",
                f"{row['peer_b_certainty']:.3f}",
            )
        )

    def stop(self) -> None:
        """Take the bar off the screen, however training ended."""
        self._progress.stop()

    def _print(self, cells: Any) -> None:
        line = "".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
        say(self._console, line)


def print_result(console: Console, metrics: dict[str, Any]) -> None:
    """The final table: the last epoch, and the best one beside it.

    Args:
        console: Where to print.
        metrics: What `metrics.json` holds.
    """
    table = Table(title=plain("test accuracy"), title_justify="left")
    for name in ("", "A", "B", "mean of A and B", "ensemble"):
        table.add_column(name, justify="left" if name == "" else "right")
    for label, result in (
        (plain(f"last epoch, {metrics['last']['epoch']}"), metrics["last"]),
        (plain(f"best epoch, {metrics['best']['epoch']} *"), metrics["best"]),
    ):
        accuracies = ("peer_a", "peer_b", "mean", "ensemble")
        table.add_row(label, *(f"{result[f'test_{who}_accuracy']:.2%}" for who in accuracies))
    console.print(table, highlight=False, markup=False, emoji=False)
    by_test = "validation_mean_accuracy" not in metrics["best"]
    say(
        console,
        "* highest mean of A and B, found by looking at the test set: not a result"
        if by_test
        else "* highest mean of A and B on the validation share",
        style="dim",
    )
    labels = metrics["labels"]
    line = f"{labels['suspected']} of {labels['count']} training labels are suspected"
    if "precision" in labels:
        line += (
            f", {labels['precision']:.1%} of them rightly; that is {labels['recall']:.1%} of the "
            f"{labels['corrupted']} corrupted ones"
        )
    say(console, f"{line} (suspects.csv)")
    # Runs of earlier versions do not say.
    if labels.get("mostly_suspected"):
        say(
            console,
            "More than half of the labels are suspected: either most are wrong, or the networks "
            "have not learned enough for their suspicions to mean anything.",
        )
    if labels["classes_named"] <= labels["classes_given"] / 2:
        say(
            console,
            f"The networks name only {labels['classes_named']} of {labels['classes_given']} "
            "classes, so their suspicions mean nothing. Either they have not learned enough: train "
            "longer, or with a lower learning rate. Or the inputs do not tell the classes apart: "
            "look at some, whether they are all alike, empty, or in the wrong order.",
        )


def print_evaluation(console: Console, part: str, measured: dict[str, float]) -> None:
    """A table of what `evaluate` returned.

    Args:
        console: Where to print.
        part: What was evaluated on.
        measured: Accuracies, losses and the number of examples.
    """
    table = Table(title=plain(f"{part}, {measured['count']:,} examples"), title_justify="left")
    for name in ("", "A", "B", "mean of A and B", "ensemble"):
        table.add_column(name, justify="left" if name == "" else "right")
    accuracies = (measured[f"{who}_accuracy"] for who in ("peer_a", "peer_b", "mean", "ensemble"))
    table.add_row("accuracy", *(f"{accuracy:.2%}" for accuracy in accuracies))
    losses = (measured[name] for name in ("peer_a_loss", "peer_b_loss", "loss"))
    table.add_row("cross entropy", *(f"{loss:.4f}" for loss in losses), "")
    console.print(table, highlight=False, markup=False, emoji=False)
