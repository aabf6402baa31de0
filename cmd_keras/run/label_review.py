"""Which labels are probably wrong: the training set as the trained peers see it."""

import numpy as np

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

    def rows(self) -> list[list]:
        """Suspected labels, the least probable first.

        `[index, given, predicted, p_given, p_predicted]`.
        """
        order = np.flatnonzero(self.suspected)
        order = order[np.argsort(self.p_given[order], kind="stable")]
        return [
            [
                int(i),
                int(self._dataset.given_labels[i]),
                int(self.predicted[i]),
                f"{self.p_given[i]:.6g}",
                f"{self.p_predicted[i]:.6g}",
            ]
            for i in order
        ]

    def summary(self) -> dict[str, float | int]:
        """How many labels are suspected and, where noise was added, how rightly."""
        corrupted = self._dataset.given_labels != self._dataset.clean_labels
        summary = {"suspected": int(self.suspected.sum()), "corrupted": int(corrupted.sum())}
        if corrupted.any():
            hits = int((self.suspected & corrupted).sum())
            restored = int((corrupted & (self.predicted == self._dataset.clean_labels)).sum())
            summary["precision"] = hits / max(1, summary["suspected"])
            summary["recall"] = hits / summary["corrupted"]
            summary["restored"] = restored / summary["corrupted"]
        return summary
