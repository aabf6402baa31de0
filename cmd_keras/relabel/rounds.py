"""Corrections that come one after the other: those of a run, then those that are given."""

import dataclasses

from cmd_keras.data import Dataset
from cmd_keras.data.corrections import Earlier, correct_labels
from cmd_keras.notice import notice
from cmd_keras.relabel.changes import Changes
from cmd_keras.user_path import user_path


@dataclasses.dataclass(frozen=True)
class Round:
    """What one table of corrections changed.

    Args:
        corrections: The table.
        relabelled: How many examples got another label.
        removed: How many were left out.
    """

    corrections: str
    relabelled: int
    removed: int


def correct_in_rounds(
    dataset: Dataset, before: str | None, corrections: str
) -> tuple[Dataset, tuple[Round, ...]]:
    """The data with all that was decided about them.

    Args:
        dataset: All of them, with the labels that are in the files.
        before: The corrections that the run or review was made with, if it was made with some.
        corrections: What was decided since, about the labels as those have left them. The same
            table once more is carried out once.

    Returns:
        The data, and what each table changed.

    Raises:
        InputError: if corrections cannot be carried out, such as those of an example that was
            taken out before.
    """
    if before is None:
        corrected = correct_labels(dataset, corrections)
        return corrected, (_round(corrections, dataset, corrected),)
    first = correct_labels(dataset, before)
    rounds = (_round(before, dataset, first),)
    if _content(before) == _content(corrections):
        notice(
            f"The run or review was made with what {corrections} decides already; it is carried "
            "out once."
        )
        return first, rounds
    removed = Changes.between(dataset, first).removed
    second = correct_labels(first, corrections, Earlier(before, removed, dataset.class_names))
    return second, (*rounds, _round(corrections, first, second))


def _round(corrections: str, before: Dataset, after: Dataset) -> Round:
    changes = Changes.between(before, after)
    return Round(corrections, len(changes.relabelled), len(changes.removed))


def _content(path: str) -> bytes:
    return user_path(path).read_bytes()
