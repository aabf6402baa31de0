"""The two peers of a run, compiled."""

import keras
import numpy as np

from cmd_keras import data, networks
from cmd_keras.errors import InputError
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.optimizers import CoupledSGD
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.settings.method import method_of
from cmd_keras.run.settings.precision import layers_in
from cmd_keras.run.settings.train_settings import TrainSettings


def on_devices(
    strategy: Strategy, settings: TrainSettings, dataset: data.Dataset
) -> tuple[data.Dataset, MutualDistiller]:
    """The data set as the devices take it, and the peers on these devices.

    Args:
        strategy: How the devices work together.
        settings: Resolved settings.
        dataset: What they name.

    Raises:
        InputError: if the devices cannot share a batch, not all processes were given the
            same, or a network cannot be had or does not fit the data.
    """
    strategy.check_batch_size(settings.batch_size)
    options = settings.to_json()
    # Where the data lie may differ from host to host; what they say may not.
    strategy.check_options({k: v for k, v in options.items() if k not in ("dataset", "data_dir")})
    dataset = strategy.distribute(dataset)
    with strategy.scope():
        return dataset, build_distiller(settings, dataset)


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
        method=method_of(settings),
        clock=settings.clock,
    )
    distiller.compile(optimizer=CoupledSGD(**settings.options_of("optimizer")))
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
                "Set pretrained to False, or network_b to another file."
                if settings.pretrained
                else "Do not fix the seeds of its initialisers."
            )
        )
