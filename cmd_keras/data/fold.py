"""Cross-validation: which training examples a pair of networks sees nothing of."""

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.data.identity import together
from cmd_keras.data.split import draws
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

if TYPE_CHECKING:
    from cmd_keras.data.dataset import Dataset

MOST = 100
_WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclasses.dataclass(frozen=True)
class Fold:
    """One of N parts of the training examples.

    Args:
        number: K, which of them, 1 … N.
        count: N, 2 … 100.

    Raises:
        InputError: if K or N is out of range.
    """

    number: int
    count: int

    def __post_init__(self) -> None:
        if not (2 <= self.count <= MOST and 1 <= self.number <= self.count):
            raise InputError(
                f"fold K/N must be one of 2 to {MOST} parts, K from 1 to N, received {self}. "
                "1/5 is the first of five."
            )

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def parse(cls, text: str) -> "Fold":
        """The fold written as `2/5`.

        Raises:
            InputError: if the text is not of this form, or out of range.
        """
        if not (written := _WRITTEN.fullmatch(text)):
            raise InputError(f"Cannot read fold {text!r}. Use K/N, as 1/5, the first of five.")
        return cls(*map(int, written.groups()))

    @classmethod
    def all(cls, count: int) -> list["Fold"]:
        """All N folds.

        Raises:
            InputError: if N is out of range.
        """
        first = cls(1, count)
        return [dataclasses.replace(first, number=number) for number in range(1, count + 1)]

    def holds(self, keys: Sequence[bytes], labels: np.ndarray) -> np.ndarray:
        """Which examples are in this fold: the same ones in every run.

        The folds are equally large, up to one example, and so are the shares of each class.
        Examples of equal keys are in one fold, whatever their labels, and so are copies, where
        these are exceptions: networks that have seen a copy have seen the example.

        Args:
            keys: `n`, what tells each example apart.
            labels: `[n]`, integers.

        Returns:
            `[n]` booleans.

        Raises:
            InputError: if there are fewer different examples than folds.
        """
        drawn, first, place = np.unique(
            draws(together(keys), "fold"), return_index=True, return_inverse=True
        )
        if len(drawn) < self.count:
            raise InputError(
                f"{self.count} folds need as many different training examples, and there are "
                f"{len(drawn)}. Choose fewer folds."
            )
        # One class after the other, dealt out like cards.
        order = np.lexsort((drawn, labels[first]))
        dealt = np.empty(len(order), np.int64)
        dealt[order] = np.arange(len(order)) % self.count
        return dealt[place] == self.number - 1

    def left_out_of(self, dataset: "Dataset") -> "Dataset":
        """The same set with this fold of its training examples held out.

        Raises:
            InputError: if examples are held out already, or there are fewer than folds.
        """
        shared = dataset.validation is not None and not dataset.has_own_validation
        if dataset.held_out is not None or shared:
            raise InputError("Leave a fold out first: before a validation share or another fold.")
        labels = dataset.given_labels
        held_out = self.holds(dataset.train_keys, labels)
        kept, index = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        if len(lost := np.setdiff1d(labels[index], labels[kept])):
            others = f" and {len(lost) - 1} other classes" if len(lost) > 1 else ""
            notice(
                f"Fold {self} of {dataset.name!r} holds all examples of class "
                f"{dataset.class_names[lost[0]]!r}{others}, which networks that are trained "
                "without it cannot know."
            )
        return dataclasses.replace(
            dataset.with_training(kept),
            held_out=dataset.train.subset(index),
            held_out_index=dataset.train_index[index],
        )
