"""What the networks of all runs think of every example, and said while they learned."""

import dataclasses
from typing import Any

import numpy as np

from cmd_keras.data import Dataset
from cmd_keras.data.fold import Fold
from cmd_keras.errors import InputError
from cmd_keras.review.lost_in_folds import lost_in_fold, numbers_lost
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.same_data import check_same_data
from cmd_keras.run.results.out_of_sample import OutOfSample
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.job import Job


@dataclasses.dataclass(frozen=True)
class Opinion:
    """Probabilities of every example, out of sample.

    Args:
        train: `[n, C]`, each row of the one pair of networks that was trained without it.
        test: `[m, C]`, the mean over all pairs, none of which saw the test part.
        evidence: `[n]`, in [0, 1], how much spoke for each label while the other pairs were
            trained, the mean over them but those that have lost its class: they say no to
            right labels and to wrong ones. None, where none of them left any.
        runs: `[n]`, how many pairs these were: none, where they left no evidence.
        lost: The classes that single pairs have lost, as `lost_in_fold` returns them.
    """

    train: np.ndarray
    test: np.ndarray
    evidence: np.ndarray | None
    runs: np.ndarray
    lost: list[dict[str, Any]]

    @classmethod
    def of_runs(cls, dataset: Dataset, parts: dict[Job, Dataset]) -> "Opinion":
        """What all runs together say.

        Args:
            dataset: All data.
            parts: The runs, which have ended, each with its data.

        Raises:
            InputError: if a run is of other data, or what it wrote was damaged.
        """
        place = {number: i for i, number in enumerate(dataset.train_index.tolist())}
        train = np.full((len(dataset.train), dataset.num_classes), np.nan, np.float32)
        test, lost = [], []
        evidence, runs = np.zeros(len(train)), np.zeros(len(train), np.int64)
        for job, part in parts.items():
            check_begun_with(job, part)
            said = OutOfSample.of_run(RunFolder(job.folder))
            wanted = [(len(part.held_out), len(train[0])), (len(dataset.test), len(train[0]))]
            learned = [place[number] for number in part.train_index.tolist()]
            spoke = learned if said.evidence is None else said.evidence
            if [said.held_out.shape, said.test.shape] != wanted or len(spoke) != len(learned):
                raise InputError(
                    f"The probabilities in {job.folder} are of other examples. Remove that folder, "
                    "and give the command again."
                )
            train[[place[number] for number in part.held_out_index.tolist()]] = said.held_out
            test.append(said.test)
            labels = RunFolder(job.folder).read_json("metrics.json")["labels"]
            lost += lost_in_fold(job.settings.fold, labels)
            if said.evidence is not None:
                knows = ~np.isin(part.given_labels, numbers_lost(labels, dataset.class_names))
                evidence[learned] += said.evidence * knows
                runs[learned] += knows
        mean = evidence / np.maximum(runs, 1) if runs.any() else None
        return cls(train, np.mean(test, axis=0), mean, runs, lost)


def parts_of(
    folder: ReviewFolder, settings: TrainSettings, dataset: Dataset, folds: int
) -> dict[Job, Dataset]:
    """The runs of a review, each with its data.

    Args:
        folder: Of the review.
        settings: Of its runs.
        dataset: All data, nothing held out.
        folds: How many.

    Raises:
        InputError: if a run was begun with other data, or no validation share can be held out.
    """
    share = settings.validation_split, settings.validation_labels, settings.seed
    parts = {
        folder.job(settings, fold): fold.left_out_of(dataset).with_validation(*share)
        for fold in Fold.all(folds)
    }
    for job, part in parts.items():
        check_begun_with(job, part)
    return parts


def check_begun_with(job: Job, part: Dataset) -> None:
    """Require that a run was made with these data, if it was begun.

    Raises:
        InputError: saying what is another one.
    """
    if (job.folder / "config.json").exists():
        folder = RunFolder.of_run(job.folder)
        check_same_data(folder, folder.read_json("config.json"), part)
