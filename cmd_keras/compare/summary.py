"""The tables of a comparison."""

import dataclasses
import math
from typing import Any

from cmd_keras.compare.differences import Difference, Mean, difference, mean
from cmd_keras.run.folder.whole_folder import WholeFolder

MEASURE = "test_mean_accuracy"
_OF_VALIDATION = "validation_mean_accuracy"


def measure_of(results: list[dict[str, Any]]) -> str:
    """Which column a comparison is about.

    Where all its runs hold out a validation share, methods are being chosen between: who then
    looks at the test set has chosen by it.

    Args:
        results: As `result_of` gives them.
    """
    ended = [result for result in results if result["status"] == "ended"]
    held_out = bool(ended) and all(result[_OF_VALIDATION] is not None for result in ended)
    return _OF_VALIDATION if held_out else MEASURE


@dataclasses.dataclass(frozen=True)
class Summary:
    """What a comparison comes to.

    Args:
        rows: Names of the rows.
        noises: Names of the columns.
        values: For row and noise the value of each seed, as a share of 1.
    """

    rows: tuple[str, ...]
    noises: tuple[str, ...]
    values: dict[tuple[str, str], dict[int, float]]

    @classmethod
    def of(cls, results: list[dict[str, Any]], measure: str | None = None) -> "Summary":
        """The summary of the lines of `results.csv`.

        Args:
            results: As `result_of` gives them.
            measure: The column that is summed up; None is that of `measure_of`.
        """
        measure = measure or measure_of(results)
        rows = tuple(dict.fromkeys(result["row"] for result in results))
        noises = tuple(dict.fromkeys(result["noise"] for result in results))
        values = {(row, noise): {} for row in rows for noise in noises}
        for result in results:
            if result[measure] is not None:
                key = result["row"], result["noise"]
                values[key][result["seed"]] = result[measure]
        return cls(rows, noises, values)

    def mean(self, row: str, noise: str) -> Mean | None:
        """Over the seeds that have ended."""
        return mean(list(self.values[row, noise].values()))

    def difference(self, row: str, other: str, noise: str) -> Difference | None:
        """Of two rows, paired by seed."""
        return difference(self.values[row, noise], self.values[other, noise])

    def means_table(self) -> list[list[str]]:
        """Header and rows: mean ± standard deviation in %, and how many seeds."""
        table = [["method", *self.noises]]
        for row in self.rows:
            table.append([row, *(mean_words(self.mean(row, noise)) for noise in self.noises)])
        return table

    def differences_table(self, against: str) -> list[list[str]]:
        """Header and rows: each row minus one, in points, with the 95 % interval."""
        table = [[f"minus {against}", *self.noises]]
        for row in self.rows:
            if row != against:
                gaps = (self.difference(row, against, noise) for noise in self.noises)
                table.append([row, *map(difference_words, gaps)])
        return table


def mean_words(value: Mean | None) -> str:
    """`91.4 ± 1.7 (5)`: per cent, and over how many seeds."""
    if value is None:
        return "–"
    spread = "" if math.isnan(value.std) else f" ± {100 * value.std:.1f}"
    return f"{100 * value.value:.1f}{spread} ({value.count})"


def difference_words(value: Difference | None) -> str:
    """`+4.2 [+3.1, +5.3]`: points of per cent."""
    if value is None:
        return "–"
    interval = ""
    if not math.isnan(value.low):
        interval = f" [{100 * value.low:+.1f}, {100 * value.high:+.1f}]"
    return f"{100 * value.value:+.1f}{interval}"


def markdown(table: list[list[str]]) -> str:
    """A table in Markdown, in which nothing is markup."""
    escaped = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in table]
    lines = [f"| {' | '.join(row)} |" for row in escaped]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:]])


def write_differences(folder: WholeFolder, summary: Summary) -> None:
    """Write `differences.csv`: every pair of rows, by noise."""
    lines = []
    for noise in summary.noises:
        for i, first in enumerate(summary.rows):
            for second in summary.rows[i + 1 :]:
                if gap := summary.difference(first, second, noise):
                    ends = [None if math.isnan(end) else end for end in (gap.low, gap.high)]
                    lines.append([noise, first, second, gap.value, *ends, gap.count])
    header = ("noise", "row", "minus", "difference", "low_95", "high_95", "seeds")
    folder.write_csv("differences.csv", header, lines)
