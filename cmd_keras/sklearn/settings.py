"""What a classifier is trained with, as the settings of a run."""

from typing import Any

import numpy as np

from cmd_keras.run.settings.check import check_ranges
from cmd_keras.run.settings.recipes import RECIPES
from cmd_keras.run.settings.train_settings import TrainSettings

# What a classifier is asked for by the names that settings have.
_ASKED = ("epochs", "batch_size", "learning_rate", "weight_decay")
_TABLE = RECIPES["table"]


def settings_of(classifier: Any, seed: int) -> TrainSettings:
    """The settings that a classifier asks for, filled in by the recipe `table`.

    Args:
        classifier: Has an attribute for each.
        seed: Of all that is drawn.

    Raises:
        InputError: if one is of another type, or out of range.
    """
    asked = {name: _plain(getattr(classifier, name)) for name in _ASKED}
    settings = TrainSettings(
        recipe="table", milestones=_TABLE.milestones, decay=_TABLE.decay, seed=seed, **asked
    )
    check_ranges(settings)
    return settings


def _plain(value: Any) -> Any:
    """Searches draw their values as NumPy's numbers."""
    return value.item() if isinstance(value, np.generic) else value
