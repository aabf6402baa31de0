"""The two peers of a run, compiled."""

import keras
import numpy as np

from cmd_keras import data, networks
from cmd_keras.errors import InputError
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.optimizers import CoupledSGD
from cmd_keras.run.precision import layers_in
from cmd_keras.run.settings import TrainSettings


def build_distiller(settings: TrainSettings, dataset: data.Dataset) -> MutualDistiller:
    """The two peers of a run, compiled with the paper's optimizer.

    Args:
        settings: Resolved settings.
        dataset: Gives the shape of the inputs, the classes and the statistics of the
            input normalisation.

    Raises:
        InputError: if a network cannot be had or does not fit the data.
    """
    mean, variance = dataset.input_statistics()
    with layers_in(settings.precision):
        return _built(settings, dataset, mean, variance)


def _built(
    settings: TrainSettings, dataset: data.Dataset, mean: np.ndarray, variance: np.ndarray
) -> MutualDistiller:
    peer_a, peer_b = (
        networks.build(
            network,
            dataset.input_shape,
            dataset.num_classes,
            mean,
            variance,
            name,
            pretrained=settings.pretrained,
            trusted=settings.trusted,
        )
        for network, name in ((settings.network_a, "peer_a"), (settings.network_b, "peer_b"))
    )
    _check_different(peer_a, peer_b, settings)
    distiller = MutualDistiller(
        peer_a,
        peer_b,
        self_kd=settings.build_self_kd(),
        mode=settings.build_mode(),
        knowledge=settings.knowledge,
        constant_targets=settings.constant_targets,
        clock=settings.clock,
    )
    distiller.compile(
        optimizer=CoupledSGD(
            learning_rate=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
        )
    )
    # Built now, so that a checkpoint can be put into it.
    distiller.optimizer.build(distiller.trainable_variables)
    return distiller


def _check_different(peer_a: keras.Model, peer_b: keras.Model, settings: TrainSettings) -> None:
    one, two = peer_a.get_weights(), peer_b.get_weights()
    alike = [w.shape for w in one] == [w.shape for w in two]
    if alike and all(map(np.array_equal, one, two)):
        raise InputError(
            f"Both peers begin with the same weights ({settings.network_a}), so they would stay "
            "one network and have nothing to teach each other. "
            + (
                "Use --from-scratch, or another file for --network-b."
                if settings.pretrained
                else "Do not fix the seeds of its initialisers."
            )
        )
