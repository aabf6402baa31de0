"""The embedded data set: 1,797 real handwritten digits that ship with scikit-learn."""

import numpy as np
from sklearn.datasets import load_digits

from cmd_keras.data import split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import ArrayFormat
from cmd_keras.data.inputs import ArrayInputs

# The same 500 digits are the test set in every run.
_TEST_SIZE, _SPLIT_SEED = 500, 0


def load(name: str) -> Dataset:
    """1,297 training and 500 test digits, 8×8 grey values from 0 to 16, 10 classes.

    Args:
        name: What the data set is called.
    """
    digits = load_digits()
    images = digits.images[..., None].astype(np.uint8)
    labels = digits.target
    train, test = split.split_stratified(labels, _TEST_SIZE, _SPLIT_SEED)
    return Dataset(
        name=name,
        class_names=tuple(str(name) for name in digits.target_names),
        train=ArrayInputs(images[train]),
        test=ArrayInputs(images[test]),
        given_labels=labels[train],
        clean_labels=labels[train],
        test_labels=labels[test],
        augmentation=Augmentation(),
        # Not an image file: its grey values would go to 255.
        input_format=ArrayFormat.of_inputs(images[train]),
    )
