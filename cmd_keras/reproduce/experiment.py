"""A table or figure of the paper: what is trained, and what the paper found."""

import dataclasses
from typing import Any

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.row import Row
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.train_settings import TrainSettings

# The paper's own setting, and one for two cores.
SCALES = {
    "paper": {"dataset": "cifar100", "recipe": "cifar"},
    "small": {"dataset": "digits"},
}


def by_noise(
    noises: tuple[str, ...], lines: dict[str, tuple[float, ...]]
) -> dict[tuple[str, str], tuple[float, ...]]:
    """`found` of an `Experiment`, from the lines of a table with a column for each noise."""
    return {
        (row, noise): (value,)
        for row, values in lines.items()
        for noise, value in zip(noises, values, strict=True)
    }


def _to_the_letter(changes: dict[str, Any], noise: str) -> dict[str, Any]:
    """With all constants, as the paper has them, where a recipe may have others.

    The share of wrong labels is no constant: every column has its own.
    """
    _, heard = named_method(TrainSettings(trusted=frozenset()).changed(**changes, noise=noise))
    return {**{name: value for name, value in heard.items() if name != "rate"}, **changes}


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A table or figure.

    Args:
        title: What it shows.
        rows: By the name that the paper has for it, how each row is trained, as
            `cmd_keras.compare.row` reads it.
        noises: Its columns.
        found: For row and noise what the paper found, in per cent, where it prints it.
        measures: What the columns of `found` are: a column of `results.csv` each. More than
            one where the peers are of different architecture.
        scales: What is changed of `SCALES`.
        note: What has to be known to compare.
    """

    title: str
    rows: dict[str, str]
    noises: tuple[str, ...]
    found: dict[tuple[str, str], tuple[float, ...]]
    measures: tuple[str, ...] = ("test_mean_accuracy",)
    scales: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    note: str = ""

    def grid(self, scale: str, seeds: tuple[int, ...], changes: dict[str, Any]) -> Grid:
        """What is to be trained.

        Args:
            scale: A name in `SCALES`.
            seeds: One or more.
            changes: Settings of all runs that differ from those of the scale.
        """
        base = TrainSettings(trusted=frozenset())
        base = base.changed(**{**SCALES[scale], **self.scales.get(scale, {})}).changed(**changes)
        rows = tuple(
            Row(name, _to_the_letter(Row.parse(text).changes, self.noises[0]))
            for name, text in self.rows.items()
        )
        return Grid(base, rows, self.noises, seeds)
