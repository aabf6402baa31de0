"""One training run, from settings to a folder; and on from where it was stopped."""

import contextlib
import os
import shlex
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import keras
from rich.console import Console

from cmd_keras import data
from cmd_keras.errors import DivergenceError, InputError, RunError
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.run.about import announcement, other_versions, versions
from cmd_keras.run.build import build_distiller
from cmd_keras.run.checkpoints import Checkpoint, Checkpoints, KeepCheckpoints
from cmd_keras.run.determinism import repeat_bit_for_bit
from cmd_keras.run.epoch_measurements import Memorisation, ValidationShare
from cmd_keras.run.finish import finish
from cmd_keras.run.folder import RunFolder, resuming
from cmd_keras.run.history import RunHistory
from cmd_keras.run.load_data import load_data
from cmd_keras.run.non_finite import StopOnNonFinite
from cmd_keras.run.ready import check_new, check_resumed, recorded_settings
from cmd_keras.run.report import EpochLines, print_result
from cmd_keras.run.same_data import about_data, check_same_data, write_labels
from cmd_keras.run.say import say
from cmd_keras.run.settings import TrainSettings
from cmd_keras.run.stop_signals import stop_if_asked
from cmd_keras.run.strategy import OneDevice, strategy_named


def train(
    settings: TrainSettings, output: str | os.PathLike, console: Console | None = None
) -> dict[str, Any]:
    """Train two peers and leave a run folder.

    The folder holds `config.json`, `labels.csv`, `history.csv`, `checkpoints/`,
    `peer_a.keras`, `peer_b.keras`, `suspects.csv`, `curves.png`, `timings.json` and, as
    the last file to be written, `metrics.json`.

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
    started = time.perf_counter()
    # What is wrong is said before the data are read, which may take long.
    check_new(settings, output)
    strategy = strategy_named(settings.strategy, settings.backend)
    with strategy.together(), strategy.folder(output) as own:
        return _train(settings, strategy, own, _of_first(console, strategy), started)


def _train(
    settings: TrainSettings,
    strategy: OneDevice,
    output: str | os.PathLike,
    console: Console,
    started: float,
) -> dict[str, Any]:
    RunFolder.check_free(output)
    dataset = _seeded_data(settings)
    settings = _fitted(settings, dataset)
    dataset, distiller = _on_devices(strategy, settings, dataset)
    folder = RunFolder.new(output)
    with folder.locked(), _kept(folder):
        folder.write_json(
            "config.json",
            {
                "settings": settings.to_json(),
                "data": about_data(dataset),
                "versions": versions(),
            },
        )
        write_labels(folder, dataset)
        return _run(strategy, settings, dataset, distiller, folder, console, None, started)


def resume(
    path: str | os.PathLike,
    console: Console | None = None,
    data_dir: str | None = None,
    strategy: str | None = None,
    trusted: Collection[str] = (),
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

    Returns:
        What `metrics.json` holds. A run that had ended is not touched.

    Raises:
        InputError: if there is no run in the folder, its data are not the same, or it
            names a function that is not trusted.
        RunError: as `train`.
    """
    started = time.perf_counter()
    backend = check_resumed(path, data_dir, strategy, trusted)
    chosen = strategy_named(strategy or _recorded_strategy(path), backend)
    with chosen.together(), chosen.resumed_folder(path) as own:
        return _resume(chosen, own, _of_first(console, chosen), data_dir, trusted, started)


def _resume(
    strategy: OneDevice,
    path: str | os.PathLike,
    console: Console,
    data_dir: str | None,
    trusted: Collection[str],
    started: float,
) -> dict[str, Any]:
    folder = RunFolder.of_run(path)
    with folder.locked(), _kept(folder):
        folder.remove_unfinished()
        config = folder.read_json("config.json")
        if folder.has_ended():
            say(console, f"{folder.path} has ended already.")
            return _result(folder, console)
        settings = recorded_settings(folder, data_dir, trusted)
        if note := other_versions(config):
            say(console, note)
        dataset = _seeded_data(settings)
        if not (folder.path / "labels.csv").exists():
            # Killed before the first epoch began.
            write_labels(folder, dataset)
        check_same_data(folder, config, dataset)
        settings = settings.resolved(dataset.input_shape)
        dataset, distiller = _on_devices(strategy, settings, dataset)
        checkpoint, damaged = Checkpoints(folder).latest()
        for file in damaged:
            then = "the checkpoint before it is used" if checkpoint else "the run begins again"
            say(console, f"{file} is damaged, {then}.")
        if checkpoint is not None:
            try:
                checkpoint.restore(distiller)
            except ValueError as error:
                raise InputError(f"Cannot continue {folder.path}: {error}") from None
        return _run(strategy, settings, dataset, distiller, folder, console, checkpoint, started)


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


def how_to_continue(path: str | os.PathLike) -> str:
    """One or two sentences about a stopped run: what is kept of it and how to go on."""
    if not (Path(path) / "config.json").exists():
        return "Nothing was trained yet."
    return f"{_what_is_kept(path)} Continue with: {resuming(path)}"


def _what_is_kept(path: str | os.PathLike) -> str:
    checkpoint, _ = Checkpoints(RunFolder(path)).latest()
    return f"Epochs 1 to {checkpoint.epoch} are kept." if checkpoint else "No epoch was finished."


def _run(
    strategy: OneDevice,
    settings: TrainSettings,
    dataset: data.Dataset,
    distiller: keras.Model,
    folder: RunFolder,
    console: Console,
    checkpoint: Checkpoint | None,
    started: float,
) -> dict[str, Any]:
    record = checkpoint.record if checkpoint else {"rows": [], "seconds": []}
    done = checkpoint.epoch if checkpoint else 0
    say(console, announcement(settings, dataset, distiller))
    say(console, f"writing to {folder.path}")
    if done:
        say(console, f"continuing after epoch {done}")
    history = RunHistory(folder, dataset.num_classes, **record)
    history.write()
    prepared = time.perf_counter()
    if done < settings.epochs:
        _fit(settings, dataset, distiller, folder, console, history, done)
        strategy.check_weights(distiller)
    fitted = time.perf_counter()
    metrics = finish(settings, dataset, distiller, folder, history)
    folder.write_json(
        "timings.json",
        {
            "preparing": round(prepared - started, 3),
            "epochs": history.seconds,
            "finishing": round(time.perf_counter() - fitted, 3),
        },
    )
    # The last file: where it stands, the run has ended.
    folder.write_json("metrics.json", metrics)
    print_result(console, metrics)
    return metrics


def _fit(
    settings: TrainSettings,
    dataset: data.Dataset,
    distiller: keras.Model,
    folder: RunFolder,
    console: Console,
    history: RunHistory,
    done: int,
) -> None:
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, _: settings.learning_rate_at(epoch)),
        StopOnNonFinite(settings.learning_rate_at),
    ]
    if dataset.validation is not None:
        callbacks.append(ValidationShare(dataset))
    if (dataset.given_labels != dataset.clean_labels).any():
        callbacks.append(Memorisation(dataset, settings.seed))
    lines = EpochLines(console, history.rows)
    callbacks += [
        history,
        KeepCheckpoints(Checkpoints(folder), history.record),
        # After the checkpoint: the table never shows more than is kept.
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: history.write()),
        lines,
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: stop_if_asked()),
    ]
    if settings.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder.path / "tensorboard"))
    try:
        distiller.fit(
            dataset.train_batches(settings.batch_size, settings.epochs, settings.seed, done),
            epochs=settings.epochs,
            initial_epoch=done,
            shuffle=False,
            steps_per_epoch=dataset.steps_per_epoch(settings.batch_size),
            validation_data=dataset.test_batches(),
            callbacks=callbacks,
            verbose=0,
        )
    finally:
        lines.stop()


def _on_devices(
    strategy: OneDevice, settings: TrainSettings, dataset: data.Dataset
) -> tuple[data.Dataset, MutualDistiller]:
    strategy.check_batch_size(settings.batch_size)
    options = settings.to_json()
    # Where the data lie may differ from host to host; what they say may not.
    strategy.check_options({k: v for k, v in options.items() if k not in ("dataset", "data_dir")})
    dataset = strategy.distribute(dataset)
    with strategy.scope():
        return dataset, build_distiller(settings, dataset)


def _of_first(console: Console | None, strategy: OneDevice) -> Console:
    # Of several processes one speaks.
    return console if console and strategy.first else Console(quiet=True)


def _recorded_strategy(path: str | os.PathLike) -> str | None:
    return recorded_settings(RunFolder.of_run(path)).strategy


def _seeded_data(settings: TrainSettings) -> data.Dataset:
    if settings.deterministic:
        repeat_bit_for_bit()
    keras.utils.set_random_seed(settings.seed)
    return load_data(settings)


def _fitted(settings: TrainSettings, dataset: data.Dataset) -> TrainSettings:
    """Resolved settings, with batches no larger than the training set."""
    count = len(dataset.train)
    if settings.batch_size is None:
        resolved = settings.resolved(dataset.input_shape)
        return resolved.changed(batch_size=min(resolved.batch_size, count))
    if settings.batch_size > count:
        raise InputError(
            f"batch_size must be at most the {count:,} training examples of {settings.dataset}, "
            f"and is {settings.batch_size:,}, from --batch-size or the file of --config. Give "
            f"--batch-size {min(count, 128)}, or less."
        )
    return settings.resolved(dataset.input_shape)


@contextlib.contextmanager
def _kept(folder: RunFolder) -> Iterator[None]:
    """Says, where training or the disk fails, what is kept and what to do."""
    path = folder.path
    try:
        yield
    except DivergenceError as error:
        raise DivergenceError(
            f"{error} {_what_is_kept(path)} Begin anew with: cmd-keras train --config "
            f"{shlex.quote(str(path / 'config.json'))} --learning-rate …"
        ) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or path
        raise RunError(
            f"Cannot read or write {where}: {error.strerror or error}. {how_to_continue(path)}"
        ) from error
