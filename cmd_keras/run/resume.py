"""A run that was stopped goes on, whatever stopped it."""

import os
import time
from collections.abc import Collection
from typing import Any

from rich.console import Console

from cmd_keras.errors import InputError
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.run.devices.choose import strategy_named
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.epochs.begin import begin, read_data
from cmd_keras.run.epochs.checkpoints import Checkpoint, Checkpoints
from cmd_keras.run.epochs.complete import complete
from cmd_keras.run.epochs.kept import kept
from cmd_keras.run.folder.ready import check_resumed, recorded_settings
from cmd_keras.run.folder.resuming import resuming
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.same_data import check_same_data, write_labels
from cmd_keras.run.folder.same_teacher import check_same_teacher
from cmd_keras.run.folder.versions import other_versions
from cmd_keras.run.results.report import print_result
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.say import say


def resume(
    path: str | os.PathLike,
    console: Console | None = None,
    data_dir: str | None = None,
    strategy: str | None = None,
    trusted: Collection[str] = (),
    teacher: str | None = None,
) -> dict[str, Any]:
    """Go on with a run that was stopped, whatever stopped it.

    The result is, to the last bit, that of a run that was never stopped, if it goes on
    on the same machine with the same versions.

    Args:
        path: A run folder.
        console: Where progress is printed. None prints nothing.
        data_dir: Where the data are now, if they moved.
        strategy: That of the run. Only a process without the run folder, one of
            several, has to be told.
        trusted: Every `module:function` that may be imported. The run folder is not
            believed where it names code.
        teacher: Where the teacher is now, if it moved. It must be the same one.

    Returns:
        What `metrics.json` holds. A run that had ended is not touched.

    Raises:
        InputError: if there is no run in the folder, its data are not the same, or it
            names a function that is not trusted.
        RunError: as `train`.
    """
    started = time.perf_counter()
    moved = {"data_dir": data_dir, "teacher": teacher}
    backend = check_resumed(path, moved, strategy, trusted)
    chosen = strategy_named(strategy or recorded_settings(RunFolder.of_run(path)).strategy, backend)
    with chosen.together(), chosen.resumed_folder(path) as own:
        folder, console = RunFolder.of_run(own), chosen.console(console)
        with folder.locked(), kept(folder):
            folder.remove_unfinished()
            if folder.has_ended():
                say(console, f"{folder.path} has ended already.")
                return _result(folder, console)
            settings = recorded_settings(folder, moved, trusted)
            return _go_on(settings, folder, chosen, console, started)


def _go_on(
    settings: TrainSettings,
    folder: RunFolder,
    strategy: Strategy,
    console: Console,
    started: float,
) -> dict[str, Any]:
    config = folder.read_json("config.json")
    if note := other_versions(config):
        say(console, note)
    dataset = read_data(settings)
    if not (folder.path / "labels.csv").exists():
        # Killed before the first epoch began.
        write_labels(folder, dataset)
    check_same_data(folder, config, dataset)
    run = begin(settings, dataset, strategy, lambda: folder, console)
    check_same_teacher(folder, config, run.distiller.teachers, settings.teacher)
    return complete(run, _restored(run.distiller, folder, console), started)


def _restored(distiller: MutualDistiller, folder: RunFolder, console: Console) -> Checkpoint | None:
    """The last checkpoint that is whole, to which the distiller was brought."""
    checkpoint, damaged = Checkpoints(folder).latest()
    for file in damaged:
        then = "the checkpoint before it is used" if checkpoint else "the run begins again"
        say(console, f"{file} is damaged, {then}.")
    if checkpoint is not None:
        try:
            checkpoint.restore(distiller)
        except ValueError as error:
            raise InputError(f"Cannot continue {folder.path}: {error}") from None
    return checkpoint


def _result(folder: RunFolder, console: Console) -> dict[str, Any]:
    metrics = folder.read_json("metrics.json")
    try:
        print_result(console, metrics)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder.path / 'metrics.json'} is not that of a run ({type(error).__name__}: {error}"
            f"). To have it written anew, remove it and call: {resuming(folder.path)}"
        ) from None
    return metrics
