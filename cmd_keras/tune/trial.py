"""One trial of a search: some runs with the same constants, and what they come to."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import optuna

from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.results.recorded_run import read_history
from cmd_keras.runs.job import Job
from cmd_keras.tune.search import Search
from cmd_keras.tune.space import suggested
from cmd_keras.tune.trials_folder import TrialsFolder

MEASURE = "validation_mean_accuracy"


@dataclasses.dataclass
class Trial:
    """A trial that is going on.

    Args:
        trial: Of Optuna's study.
        changes: Of the settings that all trials share.
        jobs: Its runs, one a seed.

    Attributes:
        epochs: Of the first run, once it has begun.
        reached: Its last epoch that is known here.
        latest: The accuracy on the validation share in that epoch.
    """

    trial: optuna.Trial
    changes: dict[str, Any]
    jobs: list[Job]
    epochs: int | None = dataclasses.field(default=None, init=False)
    reached: int = dataclasses.field(default=0, init=False)
    latest: float | None = dataclasses.field(default=None, init=False)
    _read: int = dataclasses.field(default=0, init=False, repr=False)

    @classmethod
    def begin(cls, study: optuna.Study, search: Search, folder: TrialsFolder) -> "Trial":
        """A new trial, with the constants that the study asks for."""
        trial = study.ask()
        changes = suggested(trial, search.base, search.also)
        # Last, and in one piece: a trial without it was stopped before it had begun.
        trial.set_user_attr("begun", json.dumps({"changes": changes, "at": folder.name}))
        return cls.of(trial, changes, search, folder.path)

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
        history = self.jobs[0].folder / "history.csv"
        size = history.stat().st_size if history.exists() else 0
        if size == self._read:
            return False
        self._read = size
        if self.epochs is None:
            config = RunFolder(self.jobs[0].folder).read_json("config.json")
            self.epochs = config["settings"]["epochs"]
        for row in read_history(history):
            if row["epoch"] > self.reached:
                self.reached, self.latest = int(row["epoch"]), row[MEASURE]
                # The last one is told in the end.
                if self.reached < self.epochs:
                    self.trial.report(self.latest, round(100 * self.reached / self.epochs))
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
