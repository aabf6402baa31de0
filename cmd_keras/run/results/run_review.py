"""Every label of a training set as the trained peers see it."""

from typing import Any

import numpy as np

from cmd_keras.data import Dataset
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.label_review import lost_classes, review_labels, score_review
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.run.results.label_table import label_table
from cmd_keras.training_evidence import Evidence


class RunReview:
    """The ensemble's opinion of every training label.

    It has learned these labels, the wrong ones among them, as far as its method lets it; so
    labels are ranked by what both peers predicted while they learned.

    Args:
        distiller: Trained peers.
        dataset: The set they were trained on.
        evidence: Of their training; None, where it is not known, ranks by the ensemble.

    Attributes:
        probabilities: `[n, C]` float32, as `labels.csv` has the examples.
    """

    def __init__(
        self, distiller: MutualDistiller, dataset: Dataset, evidence: Evidence | None
    ) -> None:
        self.probabilities = distiller.predict(dataset.plain_train_batches(), verbose=0)
        self._clean = dataset.clean_labels
        ranks = None if evidence is None else evidence.quality
        self._review = review_labels(dataset.given_labels, self.probabilities, evidence=ranks)
        self._of_training: tuple[str, ...] = ()
        if evidence is not None:
            more = {"mean_margin": evidence.mean_margin, "other_share": evidence.other_share}
            self._review = self._review.assign(**more)
            self._of_training = ("quality", *more)
        self._named = NamedExamples.of(dataset, "train"), dataset.class_names

    def suspects(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of the suspected labels, the most suspicious first."""
        suspected = self._review[self._review["suspected"]]
        return label_table(suspected, *self._named, *self._of_training)

    def all_labels(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of all labels, the most suspicious first."""
        return label_table(self._review, *self._named, "suspected", *self._of_training)

    def summary(self) -> dict[str, Any]:
        """How many labels are suspected and, where noise was added, how rightly."""
        review, names = self._review, self._named[-1]
        lost = lost_classes(review["given"], review["probable"], len(names))
        scores = score_review(review, self._clean)
        return {
            "suspected": int(review["suspected"].sum()),
            "mostly_suspected": bool(review["suspected"].mean() > 0.5),
            "corrupted": scores.pop("wrong"),
            "classes_named": len(np.unique(review["probable"])),
            "classes_given": len(np.unique(review["given"])),
            "classes_lost": [
                {"class": names[number], "given": given, "named": named}
                for number, given, named in lost
            ],
            **scores,
        }
