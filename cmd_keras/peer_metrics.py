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
        nothing = ops.zeros((), self.dtype)
        totals, counts = [], []
        for name in self.names:
            values = ops.cast(measured.get(name, nothing), self.dtype)
            size = ops.shape(values)[0] if len(values.shape) else int(name in measured)
            totals.append(ops.sum(values))
            counts.append(ops.cast(size, self.dtype))
        self._totals.assign_add(ops.stack(totals))
        self._counts.assign_add(ops.stack(counts))

    def result(self) -> dict[str, Any]:
        """The means by name; 0 where nothing was measured."""
        means = ops.divide_no_nan(self._totals, self._counts)
        return dict(zip(self.names, ops.unstack(means, len(self.names)), strict=True))
