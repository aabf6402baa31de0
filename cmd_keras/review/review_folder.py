"""The folder of a review, which goes on fold by fold."""

import os
from typing import TYPE_CHECKING

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.run.settings.same import check_same
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.job import Job
from cmd_keras.user_path import user_path

if TYPE_CHECKING:
    from cmd_keras.data.fold import Fold

_FILE = "review.json"


class ReviewFolder(WholeFolder):
    """A folder with `review.json` and a folder a run.

    Args:
        path: An existing folder.
    """

    @classmethod
    def of_review(cls, path: str | os.PathLike) -> "ReviewFolder":
        """The folder of a review that was begun.

        Raises:
            InputError: if there is none.
        """
        if not (user_path(path) / _FILE).is_file():
            raise InputError(
                f"{path} is not the folder of a review: it has no {_FILE}. Name one that "
                "`cmd-keras review` wrote."
            )
        return cls(path)

    @classmethod
    def check(cls, path: str | os.PathLike, settings: TrainSettings, folds: int) -> None:
        """Require a folder that is free, or that of this review.

        Raises:
            InputError: if something else is there, or it was begun otherwise.
        """
        if cls.is_begun(path, _FILE, "a review"):
            begun, count = cls(path).begun()
            # Data may move.
            check_same(
                f"{path} holds another review",
                {"folds": count, **begun.to_json(), "data_dir": None},
                {"folds": folds, **settings.to_json(), "data_dir": None},
                "Choose another folder, or leave the setting as it is there.",
            )

    @classmethod
    def begin(cls, path: str | os.PathLike, settings: TrainSettings, folds: int) -> "ReviewFolder":
        """The folder, with what is reviewed written down."""
        folder = cls.made(path)
        folder.write_json(_FILE, {"folds": folds, "settings": settings.to_json()})
        return folder

    def begun(self) -> tuple[TrainSettings, int]:
        """What is reviewed, and in how many folds.

        Raises:
            InputError: if the file that says so was damaged.
        """
        values = self.read_json(_FILE)
        settings, folds = values.get("settings"), values.get("folds")
        if not isinstance(settings, dict) or type(folds) is not int:
            raise InputError(f"{self.path / _FILE} is not that of a review.")
        return TrainSettings.from_json(settings), folds

    def has_ended(self, jobs: list[Job]) -> bool:
        """Whether the last file is written, and every run has ended."""
        done = (self.path / "metrics.json").exists()
        return done and all(RunFolder(job.folder).has_ended() for job in jobs)

    def job(self, settings: TrainSettings, fold: "Fold") -> Job:
        """The run that leaves a fold out."""
        path = self.path / "runs" / f"fold-{fold.number}-of-{fold.count}"
        return Job(path, settings.changed(fold=str(fold)))
