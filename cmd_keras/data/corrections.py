"""What somebody who looked at labels decided: a table of corrections, applied to a data set."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data.files.table_file import TableFile, read_table
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.listed import listed
from cmd_keras.notice import notice

if TYPE_CHECKING:
    from cmd_keras.data.dataset import Dataset

ACTIONS = ("keep", "relabel", "remove")


@dataclasses.dataclass(frozen=True)
class Correction:
    """What was decided about one example.

    Args:
        line: Of the table.
        name: Of the example: its file, or its index as text.
        action: One of `ACTIONS`.
        label: The class that it is of, for `relabel`.
        given: The class that it was of when this was decided, or "" where nobody wrote it.
        written: What the column `label` says, "" where it says nothing.
    """

    line: int
    name: str
    action: str
    label: str
    given: str
    written: str


def correct_labels(dataset: "Dataset", path: str) -> "Dataset":
    """The same set with its labels corrected.

    Args:
        dataset: All of it: before a fold or a validation share is held out.
        path: A CSV table, as `suspects.csv` with a column `action`. A row is about the example
            that its `file` names or, where examples have no names, about the training example
            of its `index`. `keep` leaves the label, `relabel` takes the class in `label` (where
            that is empty, in `predicted_name`; beside `keep` it may say nothing else than the label
            is), `remove` takes the example out of the training
            part; a row without an action decides nothing. Where `given_name` says what the
            label was, it must still be so.

    Returns:
        The set; its test part holds the same examples, perhaps with other labels.

    Raises:
        InputError: if the file cannot be read or used, with the lines that are at fault.
    """
    file = read_table(path)
    corrections, by_file = _read(file)
    if dataset.train_names is not None and not by_file:
        raise InputError(
            f"{path} has no column `file`: of these data an `index` may be that of a training "
            "example and that of a test example. Keep the column `file` of suspects.csv."
        )
    train = _places(dataset.train_names if by_file else None, dataset.train_index)
    test = _places(dataset.test_names, dataset.test_index) if by_file else {}
    names = list(map(canonicalize, dataset.class_names))
    given, test_labels = dataset.given_labels.copy(), dataset.test_labels.copy()

    def labels_of(correction: Correction) -> tuple[np.ndarray, int]:
        if correction.name in train:
            return given, train[correction.name]
        return test_labels, test[correction.name]

    _check(corrections, {**test, **train}, names, path, dataset.has_own_validation)
    for correction in corrections:
        labels, at = labels_of(correction)
        was = names[labels[at]]
        _check_was(correction, was, path)
        if correction.action == "relabel":
            labels[at] = names.index(correction.label)
    removed = _removed(corrections, train, path)
    # Where noise was added, what is right is known better than by whoever corrects.
    known = (dataset.given_labels != dataset.clean_labels).any()
    corrected = dataclasses.replace(
        dataset,
        given_labels=given,
        clean_labels=dataset.clean_labels if known else given,
        test_labels=test_labels,
    )
    return _without(corrected, removed, path) if removed else corrected


def _read(file: TableFile) -> tuple[list[Correction], bool]:
    """What was decided, and whether examples are named by their files."""
    columns = {name: file.cells[name].tolist() for name in file.cells.columns}
    by_file = "file" in columns
    if not (by_file or "index" in columns) or "action" not in columns:
        raise InputError(
            f"{file.path} has the columns {', '.join(columns)}; `action` is needed, and `file` or "
            "`index`. Take suspects.csv and add the column `action`: keep, relabel or remove."
        )
    empty = [""] * len(file.lines)
    label, predicted, given = (
        columns.get(name, empty) for name in ("label", "predicted_name", "given_name")
    )
    corrections = [
        Correction(
            line=line,
            name=columns["file" if by_file else "index"][i],
            action=columns["action"][i].casefold(),
            label=label[i] or predicted[i],
            given=given[i],
            written=label[i],
        )
        for i, line in enumerate(file.lines.tolist())
        if columns["action"][i]
    ]
    if undecided := len(file.lines) - len(corrections):
        have, decide = ("have", "decide") if undecided > 1 else ("has", "decides")
        rows = counted(undecided, "row")
        notice(f"{rows} of {file.path} {have} no action, and {decide} nothing.")
    return corrections, by_file


def _places(names: Sequence[str] | None, index: np.ndarray) -> dict[str, int]:
    """Where each example stands, by its name."""
    said = index.astype(str).tolist() if names is None else map(canonicalize, names)
    return {name: place for place, name in enumerate(said)}


def _check(
    corrections: Sequence[Correction],
    known: dict[str, int],
    names: list[str],
    path: str,
    own_validation: bool,
) -> None:
    """Refuses decisions that cannot be carried out, with their lines."""

    def refuse(wrong: Callable[[Correction], bool], says: Callable[[Correction], str]) -> None:
        if found := [correction for correction in corrections if wrong(correction)]:
            lines = ", ".join(str(correction.line) for correction in found[:5])
            more = ", …" if len(found) > 5 else ""
            raise InputError(
                f"{path}, line{'s' if len(found) > 1 else ''} {lines}{more}: {says(found[0])}"
            )

    refuse(
        lambda c: c.action not in ACTIONS,
        lambda c: (
            f"the action must be keep, relabel or remove, received {c.action!r}."
            f"{did_you_mean(c.action, ACTIONS)}"
        ),
    )
    refuse(
        lambda c: c.name not in known,
        lambda c: (
            f"there is no example {c.name!r}.{did_you_mean(c.name, known)} Examples are "
            "named as in suspects.csv of a run or review of the same data."
            + " Those of its own validation part are not corrected so, but in the data."
            * own_validation
        ),
    )
    seen: dict[str, list[int]] = {}
    for correction in corrections:
        seen.setdefault(correction.name, []).append(correction.line)
    refuse(
        lambda c: len(seen[c.name]) > 1,
        lambda c: f"{c.name!r} is decided about {len(seen[c.name])} times. Leave one line of them.",
    )
    refuse(
        lambda c: c.action == "relabel" and c.label not in names,
        lambda c: (
            f"{c.label!r} is no class.{did_you_mean(c.label, names)} Write the class that "
            f"it is to be in the column `label`: {listed(names, 10)}."
        ),
    )


def _check_was(correction: Correction, was: str, path: str) -> None:
    """Refuses what was decided about another label, or says two things about this one."""
    if correction.given not in ("", was):
        raise InputError(
            f"Line {correction.line} of {path} was decided when {correction.name!r} was "
            f"{correction.given!r}, and it is {was!r} now. Decide anew, or remove the line."
        )
    if correction.action == "keep" and correction.written not in ("", was):
        raise InputError(
            f"Line {correction.line} of {path} keeps {correction.name!r} as {was!r}, and its "
            f"`label` says {correction.written!r}. Write the action relabel, or empty that cell."
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


def _without(dataset: "Dataset", removed: list[int], path: str) -> "Dataset":
    kept = np.setdiff1d(np.arange(len(dataset.given_labels)), removed)
    labels = dataset.given_labels
    if len(lost := np.setdiff1d(labels, labels[kept])):
        raise InputError(
            f"{path} removes every training example of class {dataset.class_names[lost[0]]!r}, "
            "which then cannot be learned. Keep one, or take the class out of the data."
        )
    return dataset.with_training(kept)
