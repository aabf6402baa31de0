"""Few of many examples, for a first look at a large set."""

from collections.abc import Sequence

import numpy as np

from cmd_keras.data.dataset import Dataset
from cmd_keras.data.split import draws
from cmd_keras.errors import InputError


def few_of(dataset: Dataset, train: int | None, test: int | None) -> Dataset:
    """The same set with so many of its examples: the same ones in every run.

    Those of a smaller count are among those of a larger one.

    Args:
        dataset: All of it.
        train: How many training examples are kept; None keeps all.
        test: How many test examples are kept; None keeps all.

    Raises:
        InputError: if there are not so many, or a class would lose all of its training examples.
    """
    if train is not None:
        dataset = _few_to_train(dataset, train)
    if test is not None:
        dataset = dataset.with_testing(_few(dataset.test_keys, test, "test"))
    return dataset


def _few_to_train(dataset: Dataset, count: int) -> Dataset:
    kept = _few(dataset.train_keys, count, "train")
    given = dataset.given_labels
    if len(lost := np.setdiff1d(given, given[kept])):
        raise InputError(
            f"Of class {dataset.class_names[lost[0]]!r} no example is among the {count} that were "
            "chosen. Give more train_examples."
        )
    return dataset.with_training(kept)


def _few(keys: Sequence[bytes], count: int, part: str) -> np.ndarray:
    """The numbers of `count` examples, drawn by their own keys, ascending."""
    if not 1 <= count <= len(keys):
        raise InputError(
            f"{part}_examples must lie in 1 … {len(keys)}, which is what that part of the data "
            f"holds, received {count}."
        )
    return np.sort(np.argsort(draws(keys, "few"), kind="stable")[:count])
