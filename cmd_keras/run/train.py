"""One training run, from settings to a folder."""

import os
import time
from typing import Any

from rich.console import Console

from cmd_keras.run.devices.choose import strategy_named
from cmd_keras.run.epochs.begin import begin, read_data
from cmd_keras.run.epochs.complete import complete
from cmd_keras.run.epochs.kept import kept
from cmd_keras.run.folder.beginning import write_beginning
from cmd_keras.run.folder.ready import check_new
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.train_settings import TrainSettings


def train(
    settings: TrainSettings, output: str | os.PathLike, console: Console | None = None
) -> dict[str, Any]:
    """Train two peers and leave a run folder.

    The folder holds `config.json`, `labels.csv`, `history.csv`, `checkpoints/`,
    `peer_a.keras`, `peer_b.keras`, `suspects.csv`, `label_quality.csv`, `probabilities.npy`,
    `curves.png`, `timings.json` and, as the last file to be written, `metrics.json`.

    Args:
        settings: What to do.
        output: The folder; it must not exist yet, or be empty.
        console: Where progress is printed. None prints nothing.

    Returns:
        What `metrics.json` holds.

    Raises:
        InputError: if a setting, the data set or the folder cannot be used.
        RunError: if training diverged, or the folder can no longer be written. What
            was finished is kept.
    """
    # What is wrong is said before the data are read, which may take long.
    check_new(settings, output)
    return train_checked(settings, output, console)


def train_checked(
    settings: TrainSettings, output: str | os.PathLike, console: Console | None = None
) -> dict[str, Any]:
    """The same for settings and a folder that `check_new` has nothing against."""
    started = time.perf_counter()
    strategy = strategy_named(settings.strategy, settings.backend)
    with strategy.together(), strategy.folder(output) as own:
        RunFolder.check_free(own)
        dataset = read_data(settings)
        run = begin(settings, dataset, strategy, lambda: RunFolder.new(own), console)
        with run.folder.locked(), kept(run.folder):
            write_beginning(run)
            return complete(run, None, started)
