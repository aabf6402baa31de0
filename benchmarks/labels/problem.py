"""Labels some of which are wrong, with their examples."""

import dataclasses

import numpy as np

from cmd_keras import data
from cmd_keras.data.statistics import standardise
from cmd_keras.run.settings.resolve import data_options
from cmd_keras.run.settings.train_settings import TrainSettings


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is given to everybody.

    Args:
        settings: What a run on these data is made with.
        x: `[n, features]`, standardised, for whoever takes vectors.
        given: `[n]`, the labels.
        clean: `[n]`, what they were.
    """

    settings: TrainSettings
    x: np.ndarray
    given: np.ndarray
    clean: np.ndarray

    @classmethod
    def read(cls, settings: TrainSettings) -> "Problem":
        """The problem that the settings name."""
        dataset = data.load(settings.dataset, **data_options(settings))
        batches = standardise(dataset.train, dataset.plain_train_batches())
        x = np.concatenate(list(batches)).reshape(len(dataset.train), -1)
        return cls(settings, x, dataset.given_labels, dataset.clean_labels)
