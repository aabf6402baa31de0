"""By what a table tells the examples of one part of a data set apart."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from cmd_keras.data.dataset import Dataset
from cmd_keras.data.identity import written_keys


@dataclasses.dataclass(frozen=True)
class NamedExamples:
    """The examples of a part.

    Args:
        part: `train` or `test`.
        index: `[n]`, the number of each in the data.
        names: `n` names, or None where they have none.
        keys: `n` texts, what tells the content of each from others; None where that is not known.
    """

    part: str
    index: np.ndarray
    names: Sequence[str] | None = None
    keys: Sequence[str] | None = None

    @classmethod
    def of(cls, dataset: Dataset, part: str) -> "NamedExamples":
        """Those of the part `train` or `test` of a data set."""
        index, names, keys = (getattr(dataset, f"{part}_{of}") for of in ("index", "names", "keys"))
        return cls(part, index, names, written_keys(keys))
