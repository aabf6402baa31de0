"""Data sets of pictures, arrays or tables, with labels that may be wrong."""

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import InputFormat
from cmd_keras.data.inputs import ArrayInputs, FileImages, StreamedImages
from cmd_keras.data.load import load
from cmd_keras.data.noise import Noise

__all__ = [
    "ArrayInputs",
    "Augmentation",
    "Dataset",
    "FileImages",
    "InputFormat",
    "Noise",
    "StreamedImages",
    "load",
]
