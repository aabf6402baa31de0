"""Two peers trained on arrays, with the optimizer, the rates and the batches of a run."""

import functools
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.batches import shuffle_batches
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.optimizers import CoupledSGD
from cmd_keras.run.epochs.learning_rate import learning_rate_at
from cmd_keras.run.epochs.stop_on_non_finite import StopOnNonFinite
from cmd_keras.run.settings.batch_size import batch_size_for
from cmd_keras.run.settings.train_settings import OPTIONS_OF, TrainSettings
from cmd_keras.sklearn.peers import draw_peers
from cmd_keras.sklearn.seeded import seeded
from cmd_keras.training_evidence import NumberedDistiller
from cmdcore import Method, Remembering


def train(
    network: Any,
    method: Method,
    settings: TrainSettings,
    inputs: np.ndarray,
    labels: np.ndarray,
    verbose: Any,
) -> tuple[MutualDistiller, dict[str, list[float]]]:
    """Two trained peers, and their logs.

    Args:
        network: A name or a function.
        method: How they learn.
        settings: Epochs, batches, learning rates and the seed.
        inputs: float32 `[n, ...]`.
        labels: `[n]`, 0 … C-1, of each at least one.
        verbose: As `keras.Model.fit` takes it.

    Raises:
        InputError: if the network cannot be had or does not fit the inputs.
        ValueError: if batches are too small for the method.
        DivergenceError: if a loss becomes NaN or infinite.
    """
    num_classes = int(labels.max()) + 1
    size = batch_size_for(method, settings.batch_size, len(labels))
    method.check_batch_size(size, num_classes)
    source = ArrayInputs(inputs)
    with seeded(settings.seed):
        peers = draw_peers(network, source, num_classes)
        distiller, y = _distiller(peers, method, labels)
        options = {name: getattr(settings, name) for name in OPTIONS_OF["optimizer"]}
        distiller.compile(optimizer=CoupledSGD(**options))
        balance = labels if method.needs_every_class else None
        batches = shuffle_batches(
            source, y, Augmentation(), size, range(settings.epochs), settings.seed, balance=balance
        )
        history = _fit(distiller, settings, batches, verbose)
    return distiller, history.history


def _distiller(
    peers: tuple[keras.Model, keras.Model], method: Method, labels: np.ndarray
) -> tuple[MutualDistiller, np.ndarray]:
    """What trains the peers, and what its `fit` is given for labels."""
    if isinstance(method, Remembering):
        return NumberedDistiller(labels, *peers, method=method), np.arange(len(labels))
    return MutualDistiller(*peers, method=method), labels


def _fit(
    distiller: MutualDistiller, settings: TrainSettings, batches: tf.data.Dataset, verbose: Any
) -> keras.callbacks.History:
    rate = functools.partial(learning_rate_at, settings, distiller.method)
    return distiller.fit(
        batches,
        epochs=settings.epochs,
        steps_per_epoch=int(batches.cardinality()) // settings.epochs,
        shuffle=False,
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(epoch)),
            StopOnNonFinite(rate),
        ],
        verbose=verbose,
    )
