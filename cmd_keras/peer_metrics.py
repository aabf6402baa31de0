"""The running means of what is measured on the peers."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras
from keras import ops


class PeerMetrics(keras.metrics.Metric):
    """Means over the examples of an epoch, one for each name; its result is a dictionary.

    The means are kept side by side, in one variable for all sums and one for all counts: a
    metric each would be a dozen operations each, in every step.

    Args:
        names: Under which they are logged.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(name="peers")
        self.names = tuple(names)
        shape = (len(self.names),)
        self._totals = self.add_variable(shape, keras.initializers.Zeros(), name="totals")
        self._counts = self.add_variable(shape, keras.initializers.Zeros(), name="counts")

    def update_state(self, measured: Mapping[str, Any]) -> None:
        """Count in the values of a batch.

        Args:
            measured: By name, scalars or `[batch]`; not all names need be there.

        Raises:
            ValueError: if a name is not one of them.
        """
        if unknown := sorted(set(measured) - set(self.names)):
            raise ValueError(
                f"{', '.join(unknown)} was measured and has no mean. Known: "
                f"{', '.join(self.names)}. A method names in `measures` all that it measures."
            )
        sums, sizes = dict.fromkeys(self.names, 0.0), dict.fromkeys(self.names, 0.0)
        cast = {name: ops.cast(value, self.dtype) for name, value in measured.items()}
        rows = {name: value for name, value in cast.items() if len(value.shape)}
        if rows:
            # Side by side they are one sum, not one each.
            together = ops.stack(list(rows.values()))
            sums |= zip(rows, ops.unstack(ops.sum(together, axis=1), len(rows)), strict=True)
            sizes |= dict.fromkeys(rows, ops.cast(ops.shape(together)[1], self.dtype))
        for name in set(cast) - set(rows):
            sums[name], sizes[name] = cast[name], 1.0
        self._totals.assign_add(ops.stack([sums[name] for name in self.names]))
        self._counts.assign_add(ops.stack([sizes[name] for name in self.names]))

    def result(self) -> dict[str, Any]:
        """The means by name; 0 where nothing was measured."""
        means = ops.divide_no_nan(self._totals, self._counts)
        return dict(zip(self.names, ops.unstack(means, len(self.names)), strict=True))
