"""The running means of what is measured on the peers."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras


class PeerMetrics(keras.metrics.Metric):
    """Means over the examples of an epoch, one for each name; its result is a dictionary.

    Args:
        names: Under which they are logged.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(name="peers")
        self._means = {name: keras.metrics.Mean(name=name) for name in names}

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which they were given."""
        return tuple(self._means)

    def update_state(self, measured: Mapping[str, Any]) -> None:
        """Count in the values of a batch.

        Args:
            measured: By name, scalars or `[batch]`; not all names need be there.

        Raises:
            ValueError: if a name is not one of them.
        """
        if unknown := sorted(set(measured) - set(self._means)):
            raise ValueError(
                f"{', '.join(unknown)} was measured and has no mean. Known: "
                f"{', '.join(self._means)}. A method names in `measures` all that it measures."
            )
        for name, values in measured.items():
            self._means[name].update_state(values)

    def result(self) -> dict[str, Any]:
        """The means by name; 0 where nothing was measured."""
        return {name: mean.result() for name, mean in self._means.items()}

    def reset_state(self) -> None:
        """Begin anew."""
        for mean in self._means.values():
            mean.reset_state()
