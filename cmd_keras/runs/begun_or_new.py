"""A run, from wherever it stands."""

from pathlib import Path
from typing import Any

from rich.console import Console

from cmd_keras.run.resume import resume
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.run.train import train


def train_or_resume(
    settings: TrainSettings, folder: Path, console: Console | None = None
) -> dict[str, Any]:
    """Make a run, or go on with it where it was begun; one that has ended is left as it is.

    Returns:
        What `metrics.json` holds.

    Raises:
        InputError: as `train` and `resume`.
        RunError: as these.
    """
    if (folder / "config.json").exists():
        return resume(folder, console, trusted=settings.trusted or ())
    return train(settings, folder, console)
