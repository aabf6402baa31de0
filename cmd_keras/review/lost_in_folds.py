"""Classes that the networks of single folds have lost, though labels name them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cmd_keras.run.results.say_lost import MOST_NAMED, WHY, mostly_lost, times_of


def lost_in_fold(fold: str, labels: dict[str, Any]) -> list[dict[str, Any]]:
    """`fold`, `class`, how often it is `given` and `named`, one by one.

    Args:
        fold: That was left out.
        labels: What `metrics.json` of the run says of them. Of one that has lost most classes
            nothing is said: it knows too little for that to be about single classes.
    """
    if mostly_lost(labels["classes_named"], labels["classes_given"]):
        return []
    return [{"fold": fold, **one} for one in labels.get("classes_lost", [])]


def numbers_lost(labels: dict[str, Any], class_names: Sequence[str]) -> np.ndarray:
    """Numbers of the classes that the networks of one run have lost."""
    lost = labels.get("classes_lost", [])
    return np.array([class_names.index(one["class"]) for one in lost], np.int64)


def words_on(lost: Sequence[dict[str, Any]]) -> str | None:
    """What is to be known of them; None, where there are none.

    Args:
        lost: As `lost_in_fold` returns them, of all folds.
    """
    if not lost:
        return None
    named = ", ".join(
        f"{one['class']!r} in fold {one['fold']} {times_of(one)}" for one in lost[:MOST_NAMED]
    )
    more = f" and {len(lost) - MOST_NAMED} more" * (len(lost) > MOST_NAMED)
    return (
        f"Networks of single folds hardly ever name a class that labels do: {named}{more}. What "
        f"they predicted for these labels while they learned is not used. {WHY}"
    )
