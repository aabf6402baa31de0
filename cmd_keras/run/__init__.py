"""A training run as the command line does it: settings in, a folder out."""

from cmd_keras.run.settings import TrainSettings
from cmd_keras.run.train import how_to_continue, resume, train

__all__ = ["TrainSettings", "how_to_continue", "resume", "train"]
