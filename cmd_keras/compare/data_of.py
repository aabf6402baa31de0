"""Which runs of a comparison have the same data."""

import json

from cmd_keras.run.settings.resolve import data_options
from cmd_keras.run.settings.train_settings import TrainSettings


def data_of(settings: TrainSettings) -> str:
    """What is the same for runs that read the same data, whatever noise and seed make of them.

    Args:
        settings: Of a run.
    """
    options = {**data_options(settings), "noise": None, "seed": None}
    return json.dumps([settings.dataset, options], default=str, sort_keys=True)
