"""Networks are trained without a fold of the data, which they then judge; fold by fold."""

import dataclasses
import os
from pathlib import Path
from typing import Any

from rich.console import Console

from cmd_keras.counted import counted
from cmd_keras.data import Dataset
from cmd_keras.data.fold import Fold
from cmd_keras.errors import RunError
from cmd_keras.notice import notice
from cmd_keras.review.check import check_review
from cmd_keras.review.neighbourhood import Neighbourhood
from cmd_keras.review.opinion import Opinion, parts_of
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.review.write_review import write_review
from cmd_keras.run.devices.check_fits import check_fits
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.begun_or_new import check_begun
from cmd_keras.runs.job import Job, Outcome
from cmd_keras.runs.processes import RunProcesses
from cmd_keras.runs.run_all import run_all
from cmd_keras.runs.time_left import TimeLeft
from cmd_keras.say import say


def review(
    settings: TrainSettings,
    output: str | os.PathLike,
    folds: int = 5,
    processes: int = 1,
    console: Console | None = None,
) -> dict[str, Any]:
    """Judge every label by networks that were trained without its example.

    Runs are processes of their own: in a script call this below `if __name__ == "__main__":`.

    Args:
        settings: Of the runs.
        output: A new folder, or that of the same review, which goes on: a run that has ended is
            not made again, one that was stopped continues, one that failed is tried again.
        folds: How many runs, each without one part of the training examples.
        processes: How many runs at a time.
        console: Where progress is printed. None prints nothing.

    Returns:
        What `metrics.json` holds: for `train` and `test` the estimated part of wrong labels with
        its interval and, where noise was added, how well they were found. A review that has
        ended is not touched.

    Raises:
        InputError: if a setting, the data, the folder or a number cannot be used.
        RunError: if a run failed. What has ended is kept.
    """
    check_review(settings, output, folds, processes)
    return review_checked(settings, output, folds, processes, console)


def review_checked(
    settings: TrainSettings,
    output: str | os.PathLike,
    folds: int = 5,
    processes: int = 1,
    console: Console | None = None,
) -> dict[str, Any]:
    """The same for what `check_review` has nothing against."""
    console = console or Console(quiet=True)
    # A validation share is held out of what each run trains on: all labels are judged.
    dataset = read_data(dataclasses.replace(settings, validation_split=0.0))
    check_fits(settings, Fold.all(folds)[0].left_out_of(dataset))
    folder = ReviewFolder.begin(output, settings, folds)
    with folder.locked():
        folder.remove_unfinished()
        parts = parts_of(folder, settings, dataset, folds)
        if folder.has_ended(list(parts)):
            # What the user has written into its tables since is kept.
            say(console, f"{folder.path} has ended already.")
            return folder.read_json("metrics.json")
        for job in parts:
            check_begun(Path(job.folder), job.settings)
        say_unjudged(dataset)
        _make_runs(list(parts), folder, processes, console)
        opinion = Opinion.of_runs(dataset, parts)
        near = Neighbourhood.of_runs(dataset, parts)
        return write_review(folder, settings, dataset, opinion, near, console)


def say_unjudged(dataset: Dataset) -> None:
    """Say that labels of a validation part of its own, which is there, are not judged."""
    if dataset.has_own_validation:
        notice(
            f"The {counted(len(dataset.validation), 'label')} of the validation part of "
            f"{dataset.name} are not judged, those for training and testing are. Move its examples "
            "to one of these parts to have them judged."
        )


def _make_runs(jobs: list[Job], folder: ReviewFolder, processes: int, console: Console) -> None:
    left = [job for job in jobs if not RunFolder(job.folder).has_ended()]
    say(
        console,
        f"{len(jobs)} folds, {len(jobs) - len(left)} of them have ended already; "
        f"{processes} at a time; writing to {folder.path}",
    )
    time_left, failures = TimeLeft(len(left), processes), []

    def note(outcome: Outcome) -> None:
        time_left.count(outcome.seconds)
        fold = outcome.job.settings.fold
        if outcome.failure is not None:
            failures.append(f"fold {fold}: {outcome.failure}")
        said = "ended" if outcome.failure is None else "failed"
        say(console, f"{time_left.position()}  fold {fold}: {said}, {time_left.words()}")

    with RunProcesses(processes) as running:
        run_all(left, running, note)
    if failures:
        raise RunError(
            f"{len(failures)} of {len(jobs)} runs failed; {' '.join(failures)} What has ended is "
            "kept. To try again give the same command."
        )
