"""What a finished run tells the person in front of the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from cmd_keras.counted import counted
from cmd_keras.run.results.say_lost import mostly_lost, say_lost
from cmd_keras.say import plain, say


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
        rightly = f", {labels['precision']:.1%} of them rightly" if labels["suspected"] else ""
        line += (
            f"{rightly}; that is {labels['recall']:.1%} of the {labels['corrupted']} corrupted ones"
        )
    say(console, f"{line} (suspects.csv)")
    # Runs of earlier versions do not say.
    if labels.get("mostly_suspected"):
        say(
            console,
            "More than half of the labels are suspected: either most are wrong, or the networks "
            "have not learned enough for their suspicions to mean anything.",
        )
    say_lost(console, labels)
    if mostly_lost(labels["classes_named"], labels["classes_given"]):
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
    table = Table(
        title=plain(f"{part}, {counted(measured['count'], 'example')}"), title_justify="left"
    )
    for name in ("", "A", "B", "mean of A and B", "ensemble"):
        table.add_column(name, justify="left" if name == "" else "right")
    accuracies = (measured[f"{who}_accuracy"] for who in ("peer_a", "peer_b", "mean", "ensemble"))
    table.add_row("accuracy", *(f"{accuracy:.2%}" for accuracy in accuracies))
    # Not `loss`, to which layers of a network of one's own may add what they regularise with.
    of_a, of_b = measured["peer_a_loss"], measured["peer_b_loss"]
    losses = (of_a, of_b, (of_a + of_b) / 2.0)
    table.add_row("cross entropy", *(f"{loss:.4f}" for loss in losses), "")
    console.print(table, highlight=False, markup=False, emoji=False)
