"""How many of the wrong labels are known by heart, after each epoch."""

from typing import Any

import keras
import numpy as np

from cmd_keras.data import Dataset

# A sample is enough to draw a curve with; a large training set would take longer to
# predict than to evaluate the test set on.
_SAMPLE = 2000


class Memorisation(keras.callbacks.Callback):
    """Shows whether the peers learn the wrong labels by heart.

    The ensemble predicts up to 2,000 training examples, always the same ones and not
    augmented. To the logs are added its accuracy where the given label is right,
    `clean_part_accuracy`, and where it is wrong: against the wrong label that was
    given, `corrupted_part_given_accuracy`, which is memorisation; and against the true
    one, `corrupted_part_true_accuracy`.

    Args:
        dataset: A set with labels that are known to be wrong.
        seed: Draws the sample.
    """

    def __init__(self, dataset: Dataset, seed: int) -> None:
        super().__init__()
        count = len(dataset.given_labels)
        # A stream of its own, so that the sample tells nothing about the noise.
        rng = np.random.default_rng([seed, 2])
        self._sample = np.sort(rng.permutation(count)[:_SAMPLE])
        self._given = dataset.given_labels[self._sample]
        self._true = dataset.clean_labels[self._sample]
        self._batches = dataset.plain_train_batches(indices=self._sample)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Add the three accuracies, as far as the sample has such examples."""
        predicted = self.model.predict(self._batches, verbose=0).argmax(axis=1)
        clean = self._given == self._true
        for name, right, part in (
            ("clean_part_accuracy", predicted == self._given, clean),
            ("corrupted_part_given_accuracy", predicted == self._given, ~clean),
            ("corrupted_part_true_accuracy", predicted == self._true, ~clean),
        ):
            if part.any():
                logs[name] = float(right[part].mean())
