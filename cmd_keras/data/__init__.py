"""Data sets of pictures with labels that may be wrong."""

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.images import ArrayImages, StreamedImages
from cmd_keras.data.load import load
from cmd_keras.data.noise import Noise

__all__ = ["ArrayImages", "Augmentation", "Dataset", "Noise", "StreamedImages", "load"]
