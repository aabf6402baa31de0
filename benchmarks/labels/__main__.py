"""Ask who finds wrong labels best: `python -m benchmarks.labels --output DIR`."""

import csv
import warnings
from pathlib import Path
from typing import Any

import click
import pandas as pd

from benchmarks.labels.contestants import CONTESTANTS
from benchmarks.labels.folder import Refused, begin, check_reviews, check_settings, runs_of
from benchmarks.labels.problem import Problem
from benchmarks.labels.scores import SCORES, scores_of
from benchmarks.labels.table import markdown
from cmd_keras.compare.row import Row
from cmd_keras.data import Noise
from cmd_keras.errors import InputError
from cmd_keras.run.settings.train_settings import TrainSettings

NOISES = ("sym:0.2", "sym:0.4", "pair:0.2", "pair:0.4", "inst:0.4")
COLUMNS = ("noise", "seed", "contestant", *SCORES)


@click.command()
@click.option("--output", type=Path, required=True, help="Goes on where it was stopped.")
@click.option("--dataset", default="digits", show_default=True)
@click.option("--data-dir", help="Of tensorflow-datasets.")
@click.option("--train-examples", type=int, help="How many. [all]")
@click.option("--test-examples", type=int, help="How many are tested on after each epoch. [all]")
@click.option("--row", default="cmd", show_default=True, help="Of ours, as of cmd-keras compare.")
@click.option("--folds", type=int, default=5, show_default=True, help="Of everybody.")
@click.option("--noise", "noises", multiple=True, default=NOISES, show_default=True)
@click.option("--seeds", type=int, default=5, show_default=True)
@click.option("--processes", type=int, default=1, show_default=True, help="Of a review.")
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(tuple(CONTESTANTS)),
    help="Who is not asked, as logistic regression takes minutes for 10,000 images.",
)
def main(
    output: Path,
    dataset: str,
    data_dir: str | None,
    train_examples: int | None,
    test_examples: int | None,
    row: str,
    folds: int,
    noises: tuple[str, ...],
    seeds: int,
    processes: int,
    without: tuple[str, ...],
) -> None:
    """Append a line to results.csv for each answer that is not there yet, and write table.md.

    Seconds are those that runs recorded; of a review the sum over its runs.
    """
    asked_with = {
        "dataset": dataset,
        "train_examples": train_examples,
        "test_examples": test_examples,
        "row": row,
        "folds": folds,
    }
    problems = {
        (noise, seed): settings_of(noise, seed, asked_with, data_dir)
        for seed in range(seeds)
        for noise in noises
    }
    check_settings(output, asked_with)
    file = output / "results.csv"
    there = pd.read_csv(file) if file.exists() else pd.DataFrame(columns=COLUMNS)
    done = set(there[["noise", "seed", "contestant"]].itertuples(index=False, name=None))
    asked = [name for name in CONTESTANTS if name not in without]
    left = {key: [name for name in asked if (*key, name) not in done] for key in problems}
    check_reviews(output, left)
    begin(output, asked_with)
    for (noise, seed), names in left.items():
        if not names:
            continue
        problem = Problem.read(problems[noise, seed])
        for name in names:
            answer = CONTESTANTS[name](problem, runs_of(output, noise, seed), folds, processes)
            scores = scores_of(answer, problem.given != problem.clean)
            append(file, {"noise": noise, "seed": seed, "contestant": name, **scores})
    table = markdown(pd.read_csv(file))
    (output / "table.md").write_text(table, encoding="utf-8")
    click.echo(table)


def settings_of(
    noise: str, seed: int, asked_with: dict[str, Any], data_dir: str | None
) -> TrainSettings:
    """What a problem is made with.

    Args:
        noise: As it was given.
        seed: Of the noise and the runs.
        asked_with: All else, by name; the row as it was written.
        data_dir: Where the data are, which may move.

    Raises:
        Refused: if there is no such row, noise or setting.
    """
    given = {k: v for k, v in asked_with.items() if k not in ("row", "folds")}
    try:
        Noise.parse(noise)
        given |= {"data_dir": data_dir, "noise": noise, "seed": seed}
        return TrainSettings(**given | Row.parse(asked_with["row"]).changes)
    except InputError as error:
        raise Refused(str(error)) from None


def append(file: Path, row: dict[str, object]) -> None:
    """Write down one answer, and say it."""
    new = not file.exists()
    with file.open("a", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})
    said = ", ".join(f"{name} {row[name]:.3f}" for name in SCORES)
    click.echo(f"{row['noise']}, seed {row['seed']}, {row['contestant']}: {said}")


if __name__ == "__main__":
    # Of classifiers that have not converged: they are taken as they are.
    warnings.simplefilter("ignore")
    main()
