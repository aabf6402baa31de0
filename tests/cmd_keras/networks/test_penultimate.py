"""Where a network tells classes apart, whatever it is made of."""

import keras
import numpy as np
import pytest
from keras import layers

from cmd_keras import networks
from cmd_keras.networks.penultimate import penultimate

X = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32)


def body():
    return keras.Sequential([keras.Input((6,)), layers.Dense(4, "relu"), layers.Dropout(0.5)])


def sequential():
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(4, "relu"), layers.Dense(3, name="last")]
    )


def linear():
    return keras.Sequential([keras.Input((6,)), layers.Dense(3, name="last")])


def nested():
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(3, name="last")(body()(inputs)))


def head_inside():
    head = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, "tanh"), layers.Dense(3, name="last")]
    )
    inputs = keras.Input((6,))
    return keras.Model(inputs, head(body()(inputs)))


def more_behind():
    inputs = keras.Input((6,))
    x = layers.Dense(3, name="last")(body()(inputs))
    return keras.Model(inputs, layers.Reshape((3,))(layers.Dropout(0.5)(x)))


@pytest.mark.parametrize("network", [sequential, linear, nested, head_inside, more_behind])
def test_logits_are_made_of_its_features_by_the_last_layer(network):
    network = network()
    features = penultimate(network).predict(X, verbose=0)
    (last,) = [layer for layer in network._flatten_layers() if layer.name == "last"]
    kernel, bias = last.get_weights()
    assert features.shape == (5, len(kernel))
    np.testing.assert_allclose(features @ kernel + bias, network.predict(X, verbose=0), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("mlp", (8, 8, 1)), ("cnn", (16, 16, 3)), ("resnet8", (16, 16, 3)), ("shufflenet_v2_x0.5", (32, 32, 3))],
)  # fmt: skip
def test_every_network_here_has_features(name, shape):
    channels = np.zeros(shape[-1], np.float32)
    network = networks.build(name, shape, 7, channels, channels + 1, "peer_a")
    features = penultimate(network)
    (kernel, _) = network.get_layer("logits").get_weights()
    assert features.output_shape == (None, len(kernel))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = layers.Dense(3)

    def call(self, inputs):
        return self.last(inputs)


def subclassed():
    network = Subclassed()
    network(X)
    return network


def ends_in_a_convolution():
    inputs = keras.Input((4, 4, 2))
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1)(inputs)))


def mean_of_two():
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Average()([layers.Dense(3)(inputs), layers.Dense(3)(inputs)]))


def normalised_behind():
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.BatchNormalization()(layers.Dense(3)(inputs)))


def of_a_sequence():
    inputs = keras.Input((4, 2))
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(layers.Dense(3)(inputs)))


@pytest.mark.parametrize(
    "network",
    [subclassed, ends_in_a_convolution, mean_of_two, normalised_behind, of_a_sequence,
     lambda: keras.Sequential([layers.Dense(3)])],
)  # fmt: skip
def test_a_network_that_ends_otherwise_has_none(network):
    assert penultimate(network()) is None
