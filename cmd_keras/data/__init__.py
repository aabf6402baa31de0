"""Data sets of images, arrays or tables, with labels that may be wrong."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
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

exported(
    __name__,
    {
        "augment": ["Augmentation"],
        "dataset": ["Dataset"],
        "input_format": ["InputFormat"],
        "inputs": ["ArrayInputs", "FileImages", "StreamedImages"],
        "load": ["load"],
        "noise": ["Noise"],
    },
)
