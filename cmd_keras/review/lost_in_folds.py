"""Classes that the networks of single folds have lost, though labels name them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.results.say_lost import MOST_NAMED, WHY, mostly_lost
from cmd_keras.runs.job import Job


def lost_in_folds(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """`fold`, `class`, how often it is `given` and `named`, one by one.

    Args:
        jobs: The runs of a review, which have ended. Of one that has lost most classes nothing is
            said: it knows too little for that to be about single classes.
    """
    of_jobs = [(str(job.settings.fold), _labels(job)) for job in jobs]
    return [
        {"fold": fold, **one}
        for fold, labels in of_jobs
        if not mostly_lost(labels)
        for one in labels.get("classes_lost", [])
    ]


def numbers_lost(job: Job, class_names: Sequence[str]) -> np.ndarray:
    """Numbers of the classes that the networks of one run have lost."""
    lost = _labels(job).get("classes_lost", [])
    return np.array([class_names.index(one["class"]) for one in lost], np.int64)


def words_on(lost: Sequence[dict[str, Any]]) -> str | None:
    """What is to be known of them; None, where there are none.

    Args:
        lost: As `lost_in_folds` returns them.
    """
    if not lost:
        return None
    named = ", ".join(
        f"{one['class']!r} in fold {one['fold']} (for {counted(one['named'], 'example')}; "
        f"{counted(one['given'], 'label')} say so)"
        for one in lost[:MOST_NAMED]
    )
    more = f" and {len(lost) - MOST_NAMED} more" * (len(lost) > MOST_NAMED)
    return (
        f"Networks of single folds hardly ever name a class that labels do: {named}{more}. What "
        f"they predicted for these labels while they learned is not used. {WHY}"
    )


def _labels(job: Job) -> dict[str, Any]:
    return RunFolder(job.folder).read_json("metrics.json")["labels"]
