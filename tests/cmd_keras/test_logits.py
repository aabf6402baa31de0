import keras
import pytest
from keras import layers, ops

from cmd_keras.logits import source_of_probabilities
from cmd_keras.peers import check_peers
from tests.cmd_keras.peers import peer


def on(*tail, shape=(8,)):
    """A network that ends in these layers, functions or networks."""
    inputs = keras.Input(shape)
    x = inputs
    for part in tail:
        x = part(x)
    return keras.Model(inputs, x)


def dense(activation=None):
    return layers.Dense(4, activation=activation)


class Last(keras.Model):
    """A network of which nothing is known but its layers."""

    def __init__(self, *parts):
        super().__init__()
        self.parts = list(parts)

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def inside(*tail):
    return keras.Sequential([keras.Input((8,)), *tail])


PROBABILITIES = {
    "softmax": lambda: on(dense("softmax")),
    "sigmoid": lambda: on(dense("sigmoid")),
    "hard sigmoid": lambda: on(dense("hard_sigmoid")),
    "sparsemax": lambda: on(dense("sparsemax")),
    "keras.ops as activation": lambda: on(dense(ops.softmax)),
    "a layer as activation": lambda: on(dense(layers.Softmax())),
    "Softmax": lambda: on(dense(), layers.Softmax()),
    "Activation": lambda: on(dense(), layers.Activation("softmax")),
    "Activation of a function": lambda: on(dense(), layers.Activation(keras.activations.sigmoid)),
    "ops.softmax": lambda: on(dense(), ops.softmax),
    "ops.sigmoid": lambda: on(dense(), ops.sigmoid),
    "a network inside": lambda: on(inside(dense("softmax"))),
    "two networks inside": lambda: on(keras.Sequential([keras.Input((8,)), inside(dense("softmax"))])),
    "a sequential inside a sequential": lambda: keras.Sequential([keras.Input((8,)), inside(dense(), layers.Softmax())]),
    "a network, then nothing but a reshape": lambda: on(inside(dense("softmax")), layers.Reshape((4,))),
    "a softmax, then a network that drops out": lambda: on(dense("softmax"), keras.Sequential([keras.Input((4,)), layers.Dropout(0.1)])),
    "Dropout": lambda: on(dense("softmax"), layers.Dropout(0.5)),
    "GaussianNoise": lambda: on(dense("softmax"), layers.GaussianNoise(0.1)),
    "Identity, Flatten": lambda: on(dense("softmax"), layers.Identity(), layers.Flatten()),
    "a linear activation": lambda: on(dense("softmax"), layers.Activation("linear")),
    "Rescaling by 1": lambda: on(dense("softmax"), layers.Rescaling(1.0)),
    "a cast": lambda: on(dense("softmax"), lambda x: ops.cast(x, "float16")),
    "a reshape": lambda: on(dense("softmax"), lambda x: ops.reshape(x, (-1, 4))),
    "an average": lambda: on(lambda x: layers.Average()([dense("softmax")(x), dense("softmax")(x)])),
    "pooled": lambda: on(dense("softmax"), layers.GlobalAveragePooling1D(), shape=(3, 8)),
    "wrapped": lambda: on(layers.TimeDistributed(dense("softmax")), layers.GlobalAveragePooling1D(), shape=(3, 8)),
    "not built": lambda: keras.Sequential([dense("softmax")]),
    "not built, dropped out": lambda: keras.Sequential([dense(), layers.Softmax(), layers.Dropout(0.5)]),
    "not built, inside": lambda: keras.Sequential([keras.Sequential([dense("softmax")])]),
    "subclassed": lambda: Last(dense(), layers.Softmax()),
    "subclassed, inside": lambda: on(Last(dense("softmax"))),
    "keras.applications": lambda: keras.applications.MobileNetV2((32, 32, 3), weights=None, classes=4),
}  # fmt: skip
LOGITS = {
    "linear": lambda: on(dense()),
    "log_softmax": lambda: on(dense("log_softmax")),
    "ops.log_softmax": lambda: on(dense(), ops.log_softmax),
    "the logarithm of a softmax": lambda: on(dense("softmax"), ops.log),
    "relu": lambda: on(dense("relu")),
    "a softmax that weighs, before": lambda: on(dense("softmax"), dense()),
    "a gate, before": lambda: on(inside(dense("sigmoid")), dense(), layers.Dropout(0.1)),
    "a softmax with a temperature": lambda: on(dense("softmax"), layers.Rescaling(100.0)),
    "a shift": lambda: on(dense("softmax"), layers.Rescaling(1.0, -0.5)),
    "not built": lambda: keras.Sequential([dense("softmax"), dense(), layers.Dropout(0.1)]),
    "no layers": lambda: Last(),
}


@pytest.mark.parametrize("network", PROBABILITIES.values(), ids=PROBABILITIES)
def test_probabilities_are_found_where_they_are_made(network):
    with pytest.raises(ValueError, match=r"peer_a must return logits, but its layer '.+' returns"):
        check_peers(network(), peer())


@pytest.mark.parametrize("network", LOGITS.values(), ids=LOGITS)
def test_logits_are_not_mistaken_for_probabilities(network):
    assert source_of_probabilities(network()) is None
