"""What somebody who looked at labels decided: a table of corrections, applied to a data set."""

import dataclasses
import functools
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.data.classes_gone import without_classes
from cmd_keras.data.corrected_examples import Earlier, name_examples
from cmd_keras.data.correction_table import Correction, read_corrections, refuse, says_number
from cmd_keras.data.same_examples import refuse_other_examples, refuse_other_parts
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.listed import listed

if TYPE_CHECKING:
    from cmd_keras.data.dataset import Dataset

ACTIONS = ("keep", "relabel", "remove")


def correct_labels(dataset: "Dataset", path: str, earlier: Earlier | None = None) -> "Dataset":
    """The same set with its labels corrected.

    Args:
        dataset: All of it: before a fold or a validation share is held out.
        path: A CSV table, as `suspects.csv` with a column `action`. A row is about the example
            that its `file` names, written just so or looking like that one alone, or, where
            examples have no names, about the training example of its `index`; where a row has
            both, they must say the same. `keep` leaves the label, `relabel` takes the class in
            `label` (where that is empty, in `predicted_name`, whose number `predicted` then is),
            `remove` takes the example out of the training part; beside `keep` and `remove` the
            column `label` may say nothing else than the label is. A row without an action decides
            nothing, and one at least decides something. Where `given_name` or `given`, its
            number, says what the label was, or `key` what the content was, it must still be so.
            Where examples have no names, `part` may say `train` alone.
        earlier: What these corrections come after, if others were carried out on the set.

    Returns:
        The set; its test part holds the same examples, perhaps with other labels. A class that
        nothing is called any more is gone, which is said.

    Raises:
        InputError: if the file cannot be read or used, with the lines that are at fault.
    """
    corrections, by_file = read_corrections(path)
    if dataset.train_names is not None and not by_file:
        raise InputError(
            f"{path} has no column `file`: of these data an `index` may be that of a training "
            "example and that of a test example. Keep the column `file` of suspects.csv."
        )
    of_train = dataset.train_names or dataset.train_index.astype(str).tolist()
    # Without names an index is that of a training example.
    of_test = dataset.test_names or ()
    if dataset.train_names is None:
        refuse_other_parts(corrections, path)
    train, test = _places(of_train), _places(of_test)
    names = list(map(canonicalize, dataset.class_names))
    given, test_labels = dataset.given_labels.copy(), dataset.test_labels.copy()

    def labels_of(correction: Correction) -> tuple[np.ndarray, int]:
        if correction.name in train:
            return given, train[correction.name]
        return test_labels, test[correction.name]

    own_validation = dataset.has_own_validation
    known, keys = (*of_train, *of_test), (*dataset.train_keys, *dataset.test_keys)
    corrections = name_examples(corrections, known, path, own_validation, earlier)
    refuse_other_examples(corrections, known, keys[: len(known)], path)
    numbers = _numbers(names, earlier)
    _check(corrections, names, numbers, path)
    for correction in corrections:
        labels, at = labels_of(correction)
        index = dataset.train_index if labels is given else dataset.test_index
        _check_index(correction, index[at], path)
        _check_was(correction, names[labels[at]], numbers, path, earlier)
        if correction.action == "relabel":
            labels[at] = names.index(correction.label)
    removed = _removed(corrections, train, path)
    kept = np.setdiff1d(np.arange(len(given)), removed)
    lost = np.setdiff1d(dataset.given_labels, given[kept])
    # Where noise was added, what is right is known better than by whoever corrects.
    known = (dataset.given_labels != dataset.clean_labels).any()
    corrected = dataclasses.replace(
        dataset,
        given_labels=given,
        clean_labels=dataset.clean_labels if known else given,
        test_labels=test_labels,
    )
    if removed:
        corrected = corrected.with_training(kept)
    return without_classes(corrected, lost, path) if len(lost) else corrected


def _numbers(names: list[str], earlier: Earlier | None) -> dict[str, set[int]]:
    """By the name of each class the numbers that may mean it: it was another with more classes."""
    before = [] if earlier is None else list(map(canonicalize, earlier.class_names))
    numbers = {name: {number} for number, name in enumerate(names)}
    for number, name in enumerate(before):
        numbers.get(name, set()).add(number)
    return numbers


def _places(names: Sequence[str]) -> dict[str, int]:
    """Where each example stands, by its name."""
    return {name: place for place, name in enumerate(names)}


def _check(
    corrections: Sequence[Correction], names: list[str], numbers: dict[str, set[int]], path: str
) -> None:
    """Refuses decisions that cannot be carried out, with their lines."""
    refuse_of = functools.partial(refuse, corrections, path)
    refuse_of(
        lambda c: c.action not in ACTIONS,
        lambda c: (
            f"the action must be keep, relabel or remove, received {c.action!r}."
            f"{did_you_mean(c.action, ACTIONS)}"
        ),
    )
    seen = Counter(correction.name for correction in corrections)
    refuse_of(
        lambda c: seen[c.name] > 1,
        lambda c: f"{c.name!r} is decided about {seen[c.name]} times. Leave one line of them.",
    )
    refuse_of(
        lambda c: c.action == "relabel" and c.label not in names,
        lambda c: (
            f"{c.label!r} is no class.{did_you_mean(c.label, names)} Write the class that "
            f"it is to be in the column `label`: {listed(names, 10)}."
        ),
    )
    refuse_of(
        lambda c: c.action == "relabel" and not _says_one(c.predicted_number, numbers[c.label]),
        lambda c: (
            f"{c.name!r} is to be {c.label!r} by its `predicted_name`, whose number is "
            f"{names.index(c.label)}, and its `predicted` says {c.predicted_number!r}. Write the "
            "class that it is to be in the column `label`."
        ),
    )


def _says_one(cell: str, numbers: set[int]) -> bool:
    """Whether the number beside a class is one of its own, or there is none."""
    return any(says_number(cell, number) for number in numbers)


def _check_index(correction: Correction, index: int, path: str) -> None:
    """Refuses a row that names two examples."""
    if not says_number(correction.index, index):
        raise InputError(
            f"Line {correction.line} of {path} has the `index` {correction.index!r} beside "
            f"{correction.name!r}, which is number {index}. Write the row as suspects.csv has it, "
            "or remove the column `index` if `file` is right."
        )


def _check_was(
    correction: Correction,
    was: str,
    numbers: dict[str, set[int]],
    path: str,
    earlier: Earlier | None,
) -> None:
    """Refuses what was decided about another label, or says two things about this one."""
    now = "now" if earlier is None else f"now, after {earlier.path}"
    if correction.given not in ("", was):
        raise InputError(
            f"Line {correction.line} of {path} was decided when {correction.name!r} was "
            f"{correction.given!r}, and it is {was!r} {now}. Decide anew, or remove the line."
        )
    if not _says_one(correction.given_number, numbers[was]):
        raise InputError(
            f"Line {correction.line} of {path} was decided when {correction.name!r} was of the "
            f"class with the number {correction.given_number!r} (column `given`), and it is "
            f"{was!r}, number {min(numbers[was])}, {now}. Decide anew, or remove the line."
        )
    if correction.action != "relabel" and correction.written not in ("", was):
        does = f"keeps {correction.name!r} as {was!r}"
        if correction.action == "remove":
            does = f"removes {correction.name!r}"
        raise InputError(
            f"Line {correction.line} of {path} {does}, and its `label` says "
            f"{correction.written!r}. Write the action relabel, or empty that cell."
        )


def _removed(corrections: Sequence[Correction], train: dict[str, int], path: str) -> list[int]:
    """Where the examples stand that are to be removed, all of them in the training part."""
    removed = [correction for correction in corrections if correction.action == "remove"]
    for correction in removed:
        if correction.name not in train:
            raise InputError(
                f"Line {correction.line} of {path} removes {correction.name!r}, which is held out "
                "for testing: the test part stays the same examples. Relabel it, or keep it."
            )
    return [train[correction.name] for correction in removed]
