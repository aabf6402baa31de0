"""What can be said of a review before Keras is imported."""

import os
from pathlib import Path

from cmd_keras.errors import InputError
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.settings.check import check
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.memory import check_one_process_a_run, check_processes


def check_review(
    settings: TrainSettings, output: str | os.PathLike, folds: int, processes: int = 1
) -> None:
    """Require what `review` takes.

    Raises:
        InputError: if a setting, the folder or a number cannot be used.
    """
    check_processes(processes)
    check_one_process_a_run(settings)
    if settings.fold is not None:
        raise InputError(
            f"fold {settings.fold} is of a single run; a review leaves each fold out in turn. "
            "Leave it out, and say how many there are with folds."
        )
    if settings.teacher is not None and Path(settings.teacher).is_dir():
        raise InputError(
            f"The teacher {settings.teacher} is a run, and has learned from labels that are to be "
            "judged by networks which never saw them. Review without it."
        )
    # Only here is numpy needed, which the pages of help need not wait for.
    from cmd_keras.data.fold import MOST

    if not 2 <= folds <= MOST:
        raise InputError(f"folds must lie in 2 … {MOST}, received {folds}. 5 is usual.")
    check(settings)
    ReviewFolder.check(output, settings, folds)
