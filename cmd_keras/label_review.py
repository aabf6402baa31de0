"""Which labels are probably wrong: the training set as the trained peers see it."""

import numpy as np

from cmd_keras.csv_text import table
from cmd_keras.data import Dataset
from cmd_keras.mutual_distiller import MutualDistiller


class LabelReview:
    """The ensemble's opinion of every training label.

    Args:
        distiller: Trained peers.
        dataset: The set they were trained on.

    Attributes:
        predicted: `[n]`, the most probable class.
        p_given: `[n]`, probability of the given label; low means suspicious.
        p_predicted: `[n]`, probability of the predicted class.
    """

    def __init__(self, distiller: MutualDistiller, dataset: Dataset) -> None:
        p = distiller.predict(dataset.plain_train_batches(), verbose=0)
        self._dataset = dataset
        self.predicted = p.argmax(axis=1)
        self.p_given = np.take_along_axis(p, dataset.given_labels[:, None], axis=1)[:, 0]
        self.p_predicted = p.max(axis=1)

    @property
    def suspected(self) -> np.ndarray:
        """`[n]` booleans: the ensemble predicts another class than the given one."""
        return self.predicted != self._dataset.given_labels

    def table(self) -> tuple[tuple[str, ...], list[tuple]]:
        """Header and rows of the suspected labels, the least probable first.

        An example is named by its position in the training data and, where it has one,
        by its file. Classes are given by number and name.
        """
        order = np.flatnonzero(self.suspected)
        order = order[np.argsort(self.p_given[order], kind="stable")]
        dataset, names = self._dataset, self._dataset.class_names
        given, predicted = dataset.given_labels[order], self.predicted[order]
        return table(
            {
                "index": dataset.train_index[order].tolist(),
                "file": dataset.train_names and [dataset.train_names[i] for i in order],
                "given": given.tolist(),
                "predicted": predicted.tolist(),
                "given_name": [names[i] for i in given],
                "predicted_name": [names[i] for i in predicted],
                "p_given": [f"{p:.6g}" for p in self.p_given[order]],
                "p_predicted": [f"{p:.6g}" for p in self.p_predicted[order]],
            }
        )

    def summary(self) -> dict[str, float | int]:
        """How many labels are suspected and, where noise was added, how rightly."""
        corrupted = self._dataset.given_labels != self._dataset.clean_labels
        summary = {
            "suspected": int(self.suspected.sum()),
            "mostly_suspected": bool(self.suspected.mean() > 0.5),
            "corrupted": int(corrupted.sum()),
            "classes_named": len(np.unique(self.predicted)),
            "classes_given": len(np.unique(self._dataset.given_labels)),
        }
        if corrupted.any():
            hits = int((self.suspected & corrupted).sum())
            restored = int((corrupted & (self.predicted == self._dataset.clean_labels)).sum())
            summary["precision"] = hits / max(1, summary["suspected"])
            summary["recall"] = hits / summary["corrupted"]
            summary["restored"] = restored / summary["corrupted"]
        return summary
