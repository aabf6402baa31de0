"""What a run is made with, once its data are known."""

import dataclasses
from typing import Any

from cmd_keras.run.settings.train_settings import TrainSettings
from cmdcore import Method


@dataclasses.dataclass(frozen=True)
class Plan:
    """Settings in which every value is filled in, and what follows from them.

    Args:
        settings: All that decides the run.
        method: How the peers learn.
        recorded: The settings as `config.json` and `metrics.json` hold them.
    """

    settings: TrainSettings
    method: Method
    recorded: dict[str, Any]
