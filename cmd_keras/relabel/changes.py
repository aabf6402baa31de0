"""What corrections come to, example by example."""

import dataclasses
import itertools

from cmd_keras.data import Dataset


@dataclasses.dataclass(frozen=True)
class Changes:
    """What is to be otherwise in a copy of data.

    Args:
        before: For the name of each example the number of the class that it was given.
        relabelled: For the name of each example whose label changes the number of its new class.
        removed: Names of the examples that are left out.
    """

    before: dict[str, int]
    relabelled: dict[str, int]
    removed: frozenset[str]

    @classmethod
    def between(cls, before: Dataset, after: Dataset) -> "Changes":
        """The changes from one to the other, whose examples have names."""
        was, now = _labels(before), _labels(after)
        # Where a class is gone the numbers behind it are others.
        number = [before.class_names.index(name) for name in after.class_names]
        now = {name: number[label] for name, label in now.items()}
        return cls(
            was,
            {name: label for name, label in now.items() if was[name] != label},
            frozenset(was.keys() - now.keys()),
        )

    def gone(self) -> list[int]:
        """Numbers of the classes that examples were given, and none is any more."""
        kept = {name: label for name, label in self.before.items() if name not in self.removed}
        return sorted({*self.before.values()} - {*(kept | self.relabelled).values()})

    def example_of(self) -> dict[int, str]:
        """For each class that has one the name of an example that was given it."""
        # Those for training come first, which every class has.
        return {label: name for name, label in reversed(self.before.items())}


def _labels(dataset: Dataset) -> dict[str, int]:
    parts = (
        (dataset.train_names, dataset.given_labels),
        (dataset.test_names, dataset.test_labels),
    )
    pairs = itertools.chain.from_iterable(
        zip(names, labels.tolist(), strict=True) for names, labels in parts
    )
    return dict(pairs)
