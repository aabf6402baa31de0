"""What corrections come to, example by example."""

import dataclasses
import itertools

from cmd_keras.data import Dataset


@dataclasses.dataclass(frozen=True)
class Changes:
    """What is to be otherwise in a copy of data.

    Args:
        relabelled: For the name of each example whose label changes the number of its new class.
        removed: Names of the examples that are left out.
        example_of: For each class that has one the name of an example that was given it.
    """

    relabelled: dict[str, int]
    removed: frozenset[str]
    example_of: dict[int, str]

    @classmethod
    def between(cls, before: Dataset, after: Dataset) -> "Changes":
        """The changes from one to the other, whose examples have names."""
        was, now = _labels(before), _labels(after)
        return cls(
            {name: label for name, label in now.items() if was[name] != label},
            frozenset(was.keys() - now.keys()),
            {label: name for name, label in was.items()},
        )


def _labels(dataset: Dataset) -> dict[str, int]:
    parts = (
        (dataset.train_names, dataset.given_labels),
        (dataset.test_names, dataset.test_labels),
    )
    pairs = itertools.chain.from_iterable(
        zip(names, labels.tolist(), strict=True) for names, labels in parts
    )
    return dict(pairs)
