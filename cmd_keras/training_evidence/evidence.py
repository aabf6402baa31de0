"""What all epochs together say for and against each label."""

import dataclasses
from collections.abc import Mapping

import numpy as np


@dataclasses.dataclass
class Evidence:
    """Sums over the epochs and both peers, one for each training example.

    A network that ends up knowing a wrong label by heart has contradicted it before, and
    more often than a right one (Pleiss et al., Identifying mislabeled data using the area
    under the margin ranking, NeurIPS 2020; Toneva et al., An empirical study of example
    forgetting, ICLR 2019).

    Args:
        margins: float64 `[n]`, the sum of the margins in [-1, 1].
        others: int64 `[n]`, how often another class than the given one was predicted.
        opinions: int64 `[n]`, how many margins were summed; 0 where an example was never seen.
    """

    margins: np.ndarray
    others: np.ndarray
    opinions: np.ndarray

    @classmethod
    def none_yet(cls, count: int) -> "Evidence":
        """That of `count` examples before the first epoch."""
        return cls(np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.int64))

    def add(self, margins: np.ndarray, seen: np.ndarray | bool = True) -> None:
        """Count in an epoch.

        Args:
            margins: `[n, peers]`, 0 where an example was not seen.
            seen: `[n]`, which were; True, if all.
        """
        self.margins += margins.astype(np.float64).sum(axis=1)
        self.others += (margins < 0.0).sum(axis=1)
        self.opinions += margins.shape[1] * seen

    @property
    def mean_margin(self) -> np.ndarray:
        """`[n]`, in [-1, 1]."""
        return self.margins / np.maximum(self.opinions, 1)

    @property
    def other_share(self) -> np.ndarray:
        """`[n]`, the part of the predictions that were another class, in [0, 1]."""
        return self.others / np.maximum(self.opinions, 1)

    @property
    def quality(self) -> np.ndarray:
        """`[n]`, in [0, 1]; low means suspicious. 0.75, where there are no opinions.

        The mean of the share of predictions that were the given class, which finds what plain
        training has learned by heart, and of the margin brought to [0, 1], which tells more
        where few predictions ever change.
        """
        return ((1.0 + self.mean_margin) / 2.0 + 1.0 - self.other_share) / 2.0

    def arrays(self) -> dict[str, np.ndarray]:
        """The sums by name, which `of_arrays` takes."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Evidence":
        """What these sums say."""
        return cls(**{field.name: arrays[field.name] for field in dataclasses.fields(cls)})
