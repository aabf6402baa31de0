"""One trial of a search: some runs with the same constants, and what they come to."""

import dataclasses
import json
import os
import socket
from pathlib import Path
from typing import Any

import optuna

from cmd_keras.run.results.finished_run import read_history
from cmd_keras.runs.job import Job
from cmd_keras.tune.search import Search
from cmd_keras.tune.space import suggested

MEASURE = "validation_mean_accuracy"


@dataclasses.dataclass
class Trial:
    """A trial that is going on.

    Args:
        trial: Of Optuna's study.
        changes: Of the settings that all trials share.
        jobs: Its runs, one a seed.
        reported: Up to which epoch the first run was reported.
    """

    trial: optuna.Trial
    changes: dict[str, Any]
    jobs: list[Job]
    reported: int = 0

    @classmethod
    def begin(cls, study: optuna.Study, search: Search, folder: Path) -> "Trial":
        """A new trial, with the constants that the study asks for."""
        trial = study.ask()
        changes = suggested(trial, search.base, search.also)
        # Last, and in one piece: a trial without it was stopped before it had begun.
        trial.set_user_attr("begun", json.dumps({"changes": changes, "at": place(folder)}))
        return cls.of(trial, changes, search, folder)

    @classmethod
    def of(
        cls, trial: optuna.Trial, changes: dict[str, Any], search: Search, folder: Path
    ) -> "Trial":
        """The trial of these changes."""
        return cls(trial, changes, jobs_of(trial.number, changes, search, folder))

    def value(self) -> float:
        """What the trial came to: the accuracy on the validation share in the last epoch."""
        values = [read_history(job.folder / "history.csv")[-1][MEASURE] for job in self.jobs]
        return sum(values) / len(values)

    def is_hopeless(self) -> bool:
        """Whether it should end early; tells the study how its first run goes."""
        first = self.jobs[0]
        if not (first.folder / "history.csv").exists():
            return False
        rows = read_history(first.folder / "history.csv")
        config = json.loads((first.folder / "config.json").read_text(encoding="utf-8"))
        epochs = config["settings"]["epochs"]
        for row in rows:
            # The last one is told in the end.
            if self.reported < row["epoch"] < epochs:
                self.reported = int(row["epoch"])
                self.trial.report(row[MEASURE], round(100 * self.reported / epochs))
        return self.trial.should_prune()


def jobs_of(number: int, changes: dict[str, Any], search: Search, folder: Path) -> list[Job]:
    """The runs of a trial, below the folder of the search."""
    seeds = range(search.base.seed, search.base.seed + search.seeds)
    return [
        Job(
            folder / "trials" / f"{number:04d}" / f"seed-{seed}",
            search.base.changed(**changes, seed=seed),
        )
        for seed in seeds
    ]


def place(folder: Path) -> str:
    """What tells the folder of a search from those of other machines in the same study."""
    return f"{socket.gethostname()}:{os.path.realpath(folder)}"
