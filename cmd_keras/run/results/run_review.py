"""Every label of a training set as the trained peers see it."""

import numpy as np

from cmd_keras.data import Dataset
from cmd_keras.label_review import review_labels, score_review
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.run.results.label_table import label_table


class RunReview:
    """The ensemble's opinion of every training label.

    It has learned these labels, the wrong ones among them, as far as its method lets it.

    Args:
        distiller: Trained peers.
        dataset: The set they were trained on.

    Attributes:
        probabilities: `[n, C]` float32, as `labels.csv` has the examples.
    """

    def __init__(self, distiller: MutualDistiller, dataset: Dataset) -> None:
        self.probabilities = distiller.predict(dataset.plain_train_batches(), verbose=0)
        self._clean = dataset.clean_labels
        self._review = review_labels(dataset.given_labels, self.probabilities)
        self._named = dataset.train_index, dataset.train_names, dataset.class_names

    def suspects(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of the suspected labels, the least probable first."""
        return label_table(self._review[self._review["suspected"]], *self._named)

    def all_labels(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of all labels, the least probable first."""
        return label_table(self._review, *self._named, "suspected")

    def summary(self) -> dict[str, float | int]:
        """How many labels are suspected and, where noise was added, how rightly."""
        review = self._review
        scores = score_review(review, self._clean)
        return {
            "suspected": int(review["suspected"].sum()),
            "mostly_suspected": bool(review["suspected"].mean() > 0.5),
            "corrupted": scores.pop("wrong"),
            "classes_named": len(np.unique(review["probable"])),
            "classes_given": len(np.unique(review["given"])),
            **scores,
        }
