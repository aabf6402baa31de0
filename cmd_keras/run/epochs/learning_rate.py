"""The learning rate of each epoch: constant, with drops, and anew in each phase."""

from cmd_keras.run.settings.train_settings import TrainSettings
from cmdcore import Method
from cmdcore.methods.phase import current, first_epochs


def learning_rate_at(settings: TrainSettings, method: Method, epoch: int) -> float:
    """The learning rate of an epoch.

    Args:
        settings: Resolved. The milestones are shares of the epochs of a phase.
        method: Whose phases there are.
        epoch: Counted from 0.
    """
    phases = method.phases()
    number = current(phases, epoch, settings.epochs)
    first, last = (*first_epochs(phases, settings.epochs), settings.epochs)[number : number + 2]
    rate = settings.learning_rate * phases[number].rate
    if not phases[number].drops:
        return rate
    # No drop comes before the first epoch, however few there are.
    drops = sum(epoch - first >= max(1, round(m * (last - first))) for m in settings.milestones)
    return rate * settings.decay**drops
