"""The learning rate of each epoch: constant, with drops."""

from cmd_keras.run.settings.train_settings import TrainSettings


def learning_rate_at(settings: TrainSettings, epoch: int) -> float:
    """The learning rate of an epoch.

    Args:
        settings: Resolved.
        epoch: Counted from 0.
    """
    drops = sum(epoch >= round(m * settings.epochs) for m in settings.milestones)
    return settings.learning_rate * settings.decay**drops
