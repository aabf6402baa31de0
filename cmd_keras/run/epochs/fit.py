"""The epochs of a run, and all that is done after each."""

import functools

import keras
import numpy as np

from cmd_keras.run.epochs.checkpoints import Checkpoints, KeepCheckpoints
from cmd_keras.run.epochs.history import RunHistory
from cmd_keras.run.epochs.learning_rate import learning_rate_at
from cmd_keras.run.epochs.memorisation import Memorisation
from cmd_keras.run.epochs.progress import EpochLines
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.epochs.stop_on_non_finite import StopOnNonFinite
from cmd_keras.run.epochs.stop_signals import stop_if_asked
from cmd_keras.run.epochs.validation_share import ValidationShare
from cmd_keras.run.settings.batch_size import batch_size_for
from cmd_keras.training_evidence import CollectEvidence, Evidence


def fit(run: Run, history: RunHistory, evidence: Evidence | None, done: int) -> None:
    """Train both peers to the last epoch.

    Args:
        run: That has begun.
        history: Of the epochs that are done; it grows.
        evidence: What these epochs said of each label; it grows. None, if that is not known.
        done: How many epochs are done.

    Raises:
        DivergenceError: if a loss becomes NaN or infinite.
    """
    lines = EpochLines(run.console, history.rows)
    dataset, settings = run.dataset, run.plan.settings
    method, count = run.plan.method, len(dataset.train)
    batch_size = batch_size_for(method, settings.batch_size, count, run.strategy.devices)
    try:
        run.distiller.fit(
            dataset.train_batches(
                batch_size,
                settings.epochs,
                settings.seed,
                done,
                # Their numbers, by which the distiller knows the labels.
                labels=np.arange(count),
                balanced=method.needs_every_class,
            ),
            epochs=settings.epochs,
            initial_epoch=done,
            shuffle=False,
            steps_per_epoch=dataset.steps_per_epoch(batch_size),
            validation_data=dataset.test_batches(),
            callbacks=_callbacks(run, history, evidence, lines),
            verbose=0,
        )
    finally:
        lines.stop()


def _callbacks(run: Run, history: RunHistory, evidence: Evidence | None, lines: EpochLines) -> list:
    """In the order in which they are called: what measures stands before what writes."""
    settings, dataset = run.plan.settings, run.dataset
    rate = functools.partial(learning_rate_at, settings, run.plan.method)
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(epoch)),
        StopOnNonFinite(rate),
    ]
    if evidence is not None:
        callbacks.append(CollectEvidence(evidence))
    if dataset.validation is not None:
        callbacks.append(ValidationShare(dataset))
    if (dataset.given_labels != dataset.clean_labels).any():
        callbacks.append(Memorisation(dataset, settings.seed))
    callbacks += [
        history,
        KeepCheckpoints(Checkpoints(run.folder), history.record, evidence),
        # After the checkpoint: the table never shows more than is kept.
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: history.write()),
        lines,
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: stop_if_asked()),
    ]
    if settings.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(run.folder.path / "tensorboard"))
    return callbacks
