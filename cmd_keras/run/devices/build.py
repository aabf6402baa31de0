"""The two peers of a run, compiled."""

import keras

from cmd_keras import data, networks
from cmd_keras.errors import InputError
from cmd_keras.optimizers import CoupledSGD
from cmd_keras.peers import begin_alike
from cmd_keras.run.devices.check_fits import check_batches
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.devices.teacher import teachers_of
from cmd_keras.run.settings.plan import Plan
from cmd_keras.run.settings.precision import layers_in
from cmd_keras.run.settings.train_settings import OPTIONS_OF, TrainSettings
from cmd_keras.training_evidence import NumberedDistiller


def on_devices(
    strategy: Strategy, plan: Plan, dataset: data.Dataset
) -> tuple[data.Dataset, NumberedDistiller]:
    """The data set as the devices take it, and the peers on these devices.

    Args:
        strategy: How the devices work together.
        plan: Of the run.
        dataset: What it was made for.

    Raises:
        InputError: if the devices cannot share a batch or train the method, it learns nothing
            from the part of a batch that each sees, not all processes were given the same, or a
            network cannot be had or does not fit the data.
    """
    strategy.check_batch_size(plan.settings.batch_size)
    strategy.check_method(plan.method)
    check_batches(plan, dataset, strategy.devices, strategy.parts)
    # Where the data lie may differ from host to host; what they say may not.
    alike = {k: v for k, v in plan.recorded.items() if k not in ("dataset", "data_dir")}
    strategy.check_options(alike)
    dataset = strategy.distribute(dataset)
    with strategy.scope():
        return dataset, build_distiller(plan, dataset)


def build_distiller(plan: Plan, dataset: data.Dataset) -> NumberedDistiller:
    """The two peers of a run, compiled with the paper's optimizer.

    Args:
        plan: Of the run.
        dataset: Gives the shape of the inputs, the classes and the statistics of the
            input normalisation.

    Raises:
        InputError: if a network cannot be had or does not fit the data.
    """
    settings = plan.settings
    mean, variance = dataset.input_statistics()
    with layers_in(settings.precision):
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
        # After the peers: what is drawn for them is what it is without a teacher.
        teachers = teachers_of(settings.teacher, dataset)
        distiller = NumberedDistiller(
            dataset.given_labels,
            peer_a,
            peer_b,
            clock=settings.clock,
            method=plan.method,
            teacher=teachers,
        )
        options = {name: getattr(settings, name) for name in OPTIONS_OF["optimizer"]}
        distiller.compile(optimizer=CoupledSGD(**options))
        # Built now, so that a checkpoint can be put into it.
        distiller.optimizer.build(distiller.trainable_variables)
    return distiller


def _check_different(peer_a: keras.Model, peer_b: keras.Model, settings: TrainSettings) -> None:
    if begin_alike(peer_a, peer_b):
        raise InputError(
            f"Both peers begin with the same weights ({settings.network_a}), so they would stay "
            "one network and have nothing to teach each other. "
            + (
                "Set pretrained to False, or network_b to another file."
                if settings.pretrained
                else "Do not fix the seeds of its initialisers."
            )
        )
