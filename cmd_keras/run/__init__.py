"""A training run as the command line does it: settings in, a folder out."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.run.settings import TrainSettings
    from cmd_keras.run.train import how_to_continue, resume, train

__all__ = ["TrainSettings", "how_to_continue", "resume", "train"]

exported(__name__, {"settings": ["TrainSettings"], "train": ["how_to_continue", "resume", "train"]})
