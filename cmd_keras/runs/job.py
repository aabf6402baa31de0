"""A run that is to be made, and how it ended."""

import dataclasses
from pathlib import Path

from cmd_keras.run.settings.train_settings import TrainSettings


@dataclasses.dataclass(frozen=True)
class Job:
    """A run that is to be made.

    Args:
        folder: Of the run. One that was begun goes on, one that has ended is left as it is.
        settings: That `check` has nothing against.
    """

    folder: Path
    settings: TrainSettings


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Args:
        job: What was to be done.
        seconds: How long its process took.
        failure: Why there is no result, in a sentence; None where there is one.
    """

    job: Job
    seconds: float
    failure: str | None


def log_of(folder: Path) -> Path:
    """The file with what the process of a run wrote, beside its folder."""
    return folder.with_name(f"{folder.name}.log")
