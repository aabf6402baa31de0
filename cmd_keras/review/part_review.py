"""The labels of one part of a data set, with how many of them are wrong."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.label_review import (
    NoiseEstimate,
    class_belief,
    estimate_noise,
    no_class,
    no_class_from,
    review_labels,
    score_review,
)
from cmd_keras.label_review.noise_estimate import SURE
from cmd_keras.run.results.label_table import label_table
from cmd_keras.run.results.say_lost import mostly_lost

Table = tuple[tuple[str, ...], list[tuple]]

_BESIDE = ("near_duplicate", "similarity", "no_class")


@dataclasses.dataclass(frozen=True)
class PartReview:
    """What is thought of the labels of a part.

    Args:
        labels: As `review_labels` returns them, and what stands near each example.
        belief: `[n, C]`, the probability of each class with all that is known.
        noise: How many are wrong.
        examples: What they are called.
        class_names: One for each class.
        true: `[n]`, the right labels, where noise was added; None where nobody knows them.
        named: How many classes the networks find the most probable one of some example.
        sureness: What they give the class that they find most probable, on average, as sure as
            they are entitled to be.
    """

    labels: pd.DataFrame
    belief: np.ndarray
    noise: NoiseEstimate
    examples: NamedExamples
    class_names: Sequence[str]
    true: np.ndarray | None
    named: int
    sureness: float

    @classmethod
    def of(
        cls,
        given: np.ndarray,
        probabilities: np.ndarray,
        seed: int,
        beside: pd.DataFrame,
        evidence: np.ndarray | None = None,
        runs: np.ndarray | int = 0,
        **about: Any,
    ) -> "PartReview":
        """The review of labels by networks that never saw them, and those that learned them.

        Args:
            given: `[n]`, the labels.
            probabilities: `[n, C]`.
            seed: Of the interval.
            beside: `n` rows of `near_duplicate`, `similarity` and `farness`.
            evidence: `[n]`, what spoke for each label in other trainings; None without any.
            runs: `[n]`, how many these were.
            about: The other fields.
        """
        noise = estimate_noise(given, probabilities, seed)
        named = len(np.unique(probabilities.argmax(axis=1)))
        known = (given, probabilities, noise, evidence, runs)
        labels = review_labels(*known).join(beside)
        calibrated = noise.calibrated(probabilities)
        labels["no_class"] = no_class(beside["farness"], calibrated)
        sureness = noise.sureness(probabilities)
        return cls(labels, class_belief(*known), noise, named=named, sureness=sureness, **about)

    @property
    def no_class_from(self) -> float:
        """From which `no_class` on an example stands out."""
        return no_class_from(self.labels["no_class"])

    @property
    def tells(self) -> bool:
        """Whether the networks know enough of these labels for any of it to mean something."""
        # Networks that tell few classes apart may yet tell much about the labels of these.
        return bool(self.noise.tells) and not mostly_lost(self.named, self.given_classes)

    @property
    def is_guess(self) -> bool:
        """Whether they are so unsure that nobody can count wrong labels by them."""
        return self.tells and self.sureness < SURE

    @property
    def given_classes(self) -> int:
        """How many classes labels name."""
        return len(np.unique(self.labels["given"]))

    def all_labels(self) -> Table:
        """Header and rows of all labels, the least probable first."""
        return self._table(self.labels, "suspected", *_BESIDE)

    def suspects(self) -> Table:
        """Header and rows of the suspected labels, the least probable first."""
        return self._table(self.labels[self.labels["suspected"]], *_BESIDE)

    def _table(self, labels: pd.DataFrame, *more: str) -> Table:
        return label_table(labels, self.examples, self.class_names, *more)

    def summary(self) -> dict[str, Any]:
        """How many labels are wrong and, where noise was added, how well they were found."""
        noise = self.noise
        return {
            "count": len(self.labels),
            "suspected": int(self.labels["suspected"].sum()),
            "near_duplicates": int((self.labels["near_duplicate"] != "").sum()),
            "no_class": int((self.labels["no_class"] >= self.no_class_from).sum()),
            "no_class_from": self.no_class_from,
            "noise_rate": noise.rate,
            "noise_interval": list(noise.interval),
            "tells": self.tells,
            "sureness": self.sureness,
            "classes_named": self.named,
            "classes_given": self.given_classes,
            "gain": noise.gain,
            "temperature": noise.temperature,
            "matrix": np.round(noise.matrix, 6).tolist(),
            "matrix_interval": np.round(noise.matrix_interval, 6).tolist(),
            **({} if self.true is None else score_review(self.labels, self.true)),
        }
