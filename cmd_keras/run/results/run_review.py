"""Every label of a training set as the trained peers see it."""

import numpy as np

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
        review = review_labels(dataset.given_labels, self.probabilities)
        self._predicted = review["probable"].to_numpy()
        self._quality = review["quality"].to_numpy()
        self._suspected = review["suspected"].to_numpy()

    def suspects(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of the suspected labels, the least probable first."""
        order = np.argsort(self._quality, kind="stable")
        return self._table(order[self._suspected[order]])

    def all_labels(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of all labels, the least probable first."""
        order = np.argsort(self._quality, kind="stable")
        return self._table(order, suspected=self._suspected[order].astype(int).tolist())

    def _table(self, order: np.ndarray, **more: list) -> tuple[tuple[str, ...], list[tuple]]:
        """Of these examples.

        An example is named by its position in the training data and, where it has one,
        by its file. Classes are given by number and name.
        """
        dataset, names = self._dataset, self._dataset.class_names
        given, predicted = dataset.given_labels[order], self._predicted[order]
        return table(
            {
                "index": dataset.train_index[order].tolist(),
                "file": dataset.train_names and [dataset.train_names[i] for i in order],
                "given": given.tolist(),
                "predicted": predicted.tolist(),
                "given_name": [names[i] for i in given],
                "predicted_name": [names[i] for i in predicted],
                "p_given": [f"{p:.6g}" for p in self._quality[order]],
                "p_predicted": [f"{p:.6g}" for p in self.probabilities[order].max(axis=1)],
                **more,
            }
        )

    def summary(self) -> dict[str, float | int]:
        """How many labels are suspected and, where noise was added, how rightly."""
        corrupted = self._dataset.given_labels != self._dataset.clean_labels
        summary = {
            "suspected": int(self._suspected.sum()),
            "mostly_suspected": bool(self._suspected.mean() > 0.5),
            "corrupted": int(corrupted.sum()),
            "classes_named": len(np.unique(self._predicted)),
            "classes_given": len(np.unique(self._dataset.given_labels)),
        }
        if corrupted.any():
            hits = int((self._suspected & corrupted).sum())
            restored = int((corrupted & (self._predicted == self._dataset.clean_labels)).sum())
            summary["precision"] = hits / max(1, summary["suspected"])
            summary["recall"] = hits / summary["corrupted"]
            summary["restored"] = restored / summary["corrupted"]
        return summary
