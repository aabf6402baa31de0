"""Small peers and small real data for the tests of the training model."""

import keras
import numpy as np
from sklearn.datasets import load_digits

from cmd_keras import MutualDistiller

NUM_CLASSES = 10


def digits(count=300):
    """The first real digits, `[count, 64]` in [0, 1], and their labels."""
    data = load_digits()
    return (data.data[:count] / 16).astype("float32"), data.target[:count]


def peer(hidden=16, num_classes=NUM_CLASSES, inputs=64):
    """One hidden layer and logits."""
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(num_classes),
        ]
    )


def distiller(optimizer="sgd", seed=0, **kwargs):
    """A compiled distiller whose weights depend on the seed alone."""
    keras.utils.set_random_seed(seed)
    model = MutualDistiller(peer(), peer(), **kwargs)
    model.compile(optimizer=optimizer)
    return model


def weights(model):
    """All trainable weights as one vector."""
    return np.concatenate(
        [keras.ops.convert_to_numpy(v).ravel() for v in model.trainable_variables]
    )
