"""The labels of one part of a data set, with how many of them are wrong."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.label_review import NoiseEstimate, estimate_noise, review_labels, score_review
from cmd_keras.run.results.label_table import label_table

Table = tuple[tuple[str, ...], list[tuple]]


@dataclasses.dataclass(frozen=True)
class PartReview:
    """What is thought of the labels of a part.

    Args:
        labels: As `review_labels` returns them.
        noise: How many are wrong.
        index: `[n]`, the number of each example in the data.
        names: Of the examples, or None where they have none.
        class_names: One for each class.
        true: `[n]`, the right labels, where noise was added; None where nobody knows them.
    """

    labels: pd.DataFrame
    noise: NoiseEstimate
    index: np.ndarray
    names: Sequence[str] | None
    class_names: Sequence[str]
    true: np.ndarray | None

    @classmethod
    def of(
        cls,
        given: np.ndarray,
        probabilities: np.ndarray,
        seed: int,
        **about: Any,
    ) -> "PartReview":
        """The review of labels by out-of-sample probabilities.

        Args:
            given: `[n]`, the labels.
            probabilities: `[n, C]`.
            seed: Of the interval.
            about: The other fields.
        """
        noise = estimate_noise(given, probabilities, seed)
        return cls(review_labels(given, probabilities, noise), noise, **about)

    def all_labels(self) -> Table:
        """Header and rows of all labels, the least probable first."""
        return self._table(self.labels, "suspected")

    def suspects(self) -> Table:
        """Header and rows of the suspected labels, the least probable first."""
        return self._table(self.labels[self.labels["suspected"]])

    def _table(self, labels: pd.DataFrame, *more: str) -> Table:
        return label_table(labels, self.index, self.names, self.class_names, *more)

    def summary(self) -> dict[str, Any]:
        """How many labels are wrong and, where noise was added, how well they were found."""
        noise = self.noise
        return {
            "count": len(self.labels),
            "suspected": int(self.labels["suspected"].sum()),
            "noise_rate": noise.rate,
            "noise_interval": list(noise.interval),
            "tells": bool(noise.tells),
            "gain": noise.gain,
            "temperature": noise.temperature,
            "matrix": noise.matrix.tolist(),
            **({} if self.true is None else score_review(self.labels, self.true)),
        }
