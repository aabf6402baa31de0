"""A training run as the command line does it: settings in, a folder out."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.run.epochs.kept import how_to_continue
    from cmd_keras.run.resume import resume
    from cmd_keras.run.settings.check import check
    from cmd_keras.run.settings.resolve import resolved
    from cmd_keras.run.settings.train_settings import TrainSettings
    from cmd_keras.run.train import train

__all__ = ["TrainSettings", "check", "how_to_continue", "resolved", "resume", "train"]

exported(
    __name__,
    {
        "epochs.kept": ["how_to_continue"],
        "resume": ["resume"],
        "settings.check": ["check"],
        "settings.resolve": ["resolved"],
        "settings.train_settings": ["TrainSettings"],
        "train": ["train"],
    },
)
