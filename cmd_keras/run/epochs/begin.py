"""A run begins: its data are read, and its peers stand on their devices."""

from collections.abc import Callable

import keras
from rich.console import Console

from cmd_keras import data
from cmd_keras.run.devices.build import on_devices
from cmd_keras.run.devices.determinism import repeat_bit_for_bit
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.resolve import data_options, plan_for
from cmd_keras.run.settings.say_odd import say_odd
from cmd_keras.run.settings.train_settings import TrainSettings


def read_data(settings: TrainSettings) -> data.Dataset:
    """The data that the settings name; all that is drawn from now on is drawn from their seed.

    Args:
        settings: Need not be resolved.

    Raises:
        InputError: if the data cannot be had or used.
    """
    if settings.deterministic:
        repeat_bit_for_bit()
    keras.utils.set_random_seed(settings.seed)
    return data.load(settings.dataset, **data_options(settings))


def begin(
    settings: TrainSettings,
    dataset: data.Dataset,
    strategy: Strategy,
    folder: Callable[[], RunFolder],
    console: Console | None,
) -> Run:
    """A run of these settings on these data.

    Args:
        settings: Need not be resolved.
        dataset: What they name.
        strategy: How the devices work together.
        folder: Called when all else stands: a run that cannot begin leaves none.
        console: Where the first process prints.

    Raises:
        InputError: if a setting does not fit the data or the devices, or a network cannot
            be had.
    """
    plan = plan_for(settings, dataset)
    shared, distiller = on_devices(strategy, plan, dataset)
    say_odd(plan, dataset)
    return Run(plan, shared, distiller, folder(), strategy.console(console), strategy)
