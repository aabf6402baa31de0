"""Every label of a training set as the trained peers see it."""

import numpy as np
import pandas as pd

from cmd_keras.csv_text import table
from cmd_keras.data import Dataset
from cmd_keras.label_review import review_labels
from cmd_keras.mutual_distiller import MutualDistiller


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
        self._dataset = dataset
        self._review = review_labels(dataset.given_labels, self.probabilities)

    def suspects(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of the suspected labels, the least probable first."""
        return self._table(self._review[self._review["suspected"]])

    def all_labels(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of all labels, the least probable first."""
        return self._table(self._review, "suspected")

    def _table(self, review: pd.DataFrame, *more: str) -> tuple[tuple[str, ...], list[tuple]]:
        """Of these examples, with more columns of the review.

        An example is named by its position in the training data and, where it has one,
        by its file. Classes are given by number and name.
        """
        dataset, names = self._dataset, self._dataset.class_names
        review = review.sort_values("quality", kind="stable")
        order, given, predicted = review.index, review["given"], review["probable"]
        return table(
            {
                "index": dataset.train_index[order].tolist(),
                "file": dataset.train_names and [dataset.train_names[i] for i in order],
                "given": given.tolist(),
                "predicted": predicted.tolist(),
                "given_name": [names[i] for i in given],
                "predicted_name": [names[i] for i in predicted],
                "p_given": [f"{p:.6g}" for p in review["quality"]],
                "p_predicted": [f"{p:.6g}" for p in self.probabilities[order].max(axis=1)],
                **{name: review[name].astype(int).tolist() for name in more},
            }
        )

    def summary(self) -> dict[str, float | int]:
        """How many labels are suspected and, where noise was added, how rightly."""
        review, clean = self._review, self._dataset.clean_labels
        given, predicted, suspected = review["given"], review["probable"], review["suspected"]
        corrupted = given != clean
        summary = {
            "suspected": int(suspected.sum()),
            "mostly_suspected": bool(suspected.mean() > 0.5),
            "corrupted": int(corrupted.sum()),
            "classes_named": len(np.unique(predicted)),
            "classes_given": len(np.unique(given)),
        }
        if corrupted.any():
            hits = int((suspected & corrupted).sum())
            restored = int((corrupted & (predicted == clean)).sum())
            summary["precision"] = hits / max(1, summary["suspected"])
            summary["recall"] = hits / summary["corrupted"]
            summary["restored"] = restored / summary["corrupted"]
        return summary
