"""Which rows of a table are for training, and which for testing."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.data import identity, split
from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.inputs import Inputs
from cmd_keras.data.sources.part_names import FILLERS, role_of, words_of
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

_NAMES = {"split", "subset", "part", "parts", "partition", "fold"}

# What tells the examples of these numbers apart, copies being known by their place among equals.
Identify = Callable[[np.ndarray], Sequence[bytes]]


@dataclasses.dataclass(frozen=True)
class RowParts:
    """Numbers of examples, ascending.

    Args:
        train: For training.
        test: For testing.
        train_keys: What tells those for training apart.
        test_keys: What tells those for testing apart.
        validation: To choose settings by; there need be none.
        validation_keys: What tells these apart.
    """

    train: np.ndarray
    test: np.ndarray
    train_keys: tuple[bytes, ...]
    test_keys: tuple[bytes, ...]
    validation: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))
    validation_keys: tuple[bytes, ...] = ()

    @classmethod
    def of(
        cls,
        table: TableFile,
        column: str | None,
        rows: np.ndarray,
        identify: Identify,
        labels: np.ndarray,
        test_split: float,
    ) -> "RowParts":
        """The parts that a column says, as `said`; those of `held_out`, where there is none."""
        if column is None:
            return cls.held_out(identify, labels, test_split)
        return cls.said(table, column, rows, identify, labels, test_split)

    @classmethod
    def held_out(cls, identify: Identify, labels: np.ndarray, test_split: float) -> "RowParts":
        """A test part that is held out, as `split.hold_out_test` does it.

        Args:
            identify: As above.
            labels: `[n]`.
            test_split: Part that is held out.

        Raises:
            InputError: if the share is out of range, or each class has one example.
        """
        keys = identify(np.arange(len(labels)))
        chosen = split.hold_out_test(keys, labels, test_split)
        train, test = np.flatnonzero(~chosen), np.flatnonzero(chosen)
        return cls(train, test, *(tuple(keys[i] for i in part) for part in (train, test)))

    @classmethod
    def said(
        cls,
        table: TableFile,
        column: str,
        rows: np.ndarray,
        identify: Identify,
        labels: np.ndarray,
        test_split: float,
    ) -> "RowParts":
        """The parts that a column says: `train`, `test`, `validation`, or what else is usual.

        Args:
            table: The table.
            column: Its column that says it.
            rows: `[n]`, the row of each example.
            identify: As above.
            labels: `[n]`.
            test_split: Part that is held out where the column names rows for training only.

        Raises:
            InputError: if a cell says nothing that is known, no row is for training, or a
                class has none that is.
        """
        roles = _roles(table, column)[rows]
        train, test, validation = (
            np.flatnonzero(roles == role) for role in ("train", "test", "validation")
        )
        if not len(test):
            test, validation = validation, test
            if len(test):
                notice(
                    f"The rows of {table.path} that {column!r} calls "
                    f"{table.cells[column].to_numpy()[rows[test[0]]]!r} are tested with: there are "
                    "no others for that."
                )
        _check_classes(table, column, rows, labels, train)
        if not len(test):
            notice(
                f"{column!r} of {table.path} says of no row that it is to be tested with: "
                f"{test_split:g} of them all are held out for that (test_split)."
            )
            return cls.held_out(identify, labels, test_split)
        split.say_unused_test_split(test_split, table.path)
        train_keys, test_keys, validation_keys = (
            tuple(identify(part)) for part in (train, test, validation)
        )
        identity.say_copies(train_keys, table.path, test=test_keys, validation=validation_keys)
        return cls(train, test, train_keys, test_keys, validation, validation_keys)

    def own_validation(self, inputs: Inputs | None, labels: np.ndarray) -> dict[str, Any]:
        """What a `Dataset` is told of the validation part.

        Args:
            inputs: Of its examples; None, if there are none.
            labels: `[n]`, of all examples.
        """
        if inputs is None:
            return {}
        return {
            "validation": inputs,
            "validation_labels": labels[self.validation],
            "validation_keys": self.validation_keys,
            "has_own_validation": True,
        }


def say_parts_unused(table: TableFile, names: Sequence[str]) -> list[str]:
    """Columns that seem to say which part a row is of, though nobody named them; it is said.

    Args:
        table: The table.
        names: Of columns that have no other role.
    """
    found = [name for name in names if _says_parts(table.cells[name])]
    for name in found:
        notice(
            f"Column {name!r} of {table.path} seems to say which rows are to be trained and tested "
            f"with, and is left out. To do so: parts={name!r}."
        )
    return found


def say_called_parts(table: TableFile, names: Sequence[str]) -> None:
    """Say which columns have the name of one that says parts, and are learned from.

    Args:
        table: The table.
        names: Of columns that are learned from.
    """
    for name in names:
        if _called_parts(name):
            notice(
                f"Column {name!r} of {table.path} is called as if it said which rows are to be "
                f"trained and tested with, says {table.cells[name].iloc[0]!r}, and is learned "
                f"from. If that is wrong, leave it out (ignore={name!r}), or have it say train, "
                f"test or validation and name it (parts={name!r})."
            )


def _called_parts(name: str) -> bool:
    words = words_of(name)
    return bool(_NAMES & {*words}) and not {*words} - _NAMES - FILLERS


def _says_parts(cells: pd.Series) -> bool:
    roles = {role_of(text, loosely=False) for text in set(cells) if text}
    return "train" in roles and len(roles) > 1 and None not in roles


def _roles(table: TableFile, column: str) -> np.ndarray:
    cells = table.cells[column]
    by_text = {text: role_of(text, loosely=False) for text in sorted(set(cells))}
    unknown = [text for text, role in by_text.items() if role is None]
    if unknown:
        raise InputError(
            f"The column {column!r} of {table.path} says {unknown[0]!r} in "
            f"{table.name_lines((cells == unknown[0]).to_numpy())}, and is to say train, test or "
            "validation of each row."
        )
    if "train" not in by_text.values():
        raise InputError(
            f"The column {column!r} of {table.path} says train of no row, but "
            f"{' and '.join(map(repr, by_text))}. Say of some rows that they are to be trained "
            "with."
        )
    return cells.map(by_text).to_numpy()


def _check_classes(
    table: TableFile, column: str, rows: np.ndarray, labels: np.ndarray, train: np.ndarray
) -> None:
    unknown = ~np.isin(labels, labels[train])
    if unknown.any():
        wrong = np.isin(np.arange(len(table.cells)), rows[unknown])
        raise InputError(
            f"No row that {column!r} of {table.path} calls train has the class of the rows in "
            f"{table.name_lines(wrong)}: it cannot be learned. Remove these rows, or train with "
            "some of them."
        )
