"""What only the data tell of settings, before any run has begun."""

from cmd_keras.data import Dataset
from cmd_keras.errors import InputError
from cmd_keras.run.devices.teacher import teachers_of
from cmd_keras.run.settings.batch_size import batch_size_for
from cmd_keras.run.settings.plan import Plan
from cmd_keras.run.settings.resolve import plan_for
from cmd_keras.run.settings.train_settings import TrainSettings


def check_fits(settings: TrainSettings, dataset: Dataset) -> None:
    """Require that a run on one device can be made of these data.

    Args:
        settings: That `check` has nothing against.
        dataset: What they name.

    Raises:
        InputError: if there are too few examples for a batch, the method learns nothing from
            one or cannot be had with as many classes, or a teacher does not fit.
    """
    check_batches(plan_for(settings, dataset), dataset)
    teachers_of(settings.teacher, dataset)


def check_batches(plan: Plan, dataset: Dataset, devices: int = 1, parts: int = 1) -> None:
    """Require batches from which the method learns.

    Args:
        plan: Of the run.
        dataset: What it was made for.
        devices: How many share a batch.
        parts: In how many parts of a batch the method sees it.

    Raises:
        InputError: if they hold too few examples.
    """
    size = batch_size_for(plan.method, plan.settings.batch_size, len(dataset.train), devices)
    try:
        plan.method.check_batch_size(size // parts, dataset.num_classes)
    except ValueError as error:
        raise InputError(str(error)) from None
