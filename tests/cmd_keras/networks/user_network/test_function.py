"""A function of the user's own."""

import importlib
import sys

import keras
import numpy as np
import pytest

from cmd_keras.errors import InputError
from tests.cmd_keras.networks.make import make

OWN = """
import keras
from keras import layers, ops

def good(input_shape, num_classes):
    return keras.Sequential(
        [keras.Input(input_shape), layers.Flatten(), layers.Dense(num_classes, name="mine")]
    )

def unbuilt(input_shape, num_classes):
    return keras.Sequential([layers.Flatten(), layers.Dense(num_classes)])

class Subclass(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.flatten, self.dense = layers.Flatten(), layers.Dense(num_classes)

    def call(self, x):
        return self.dense(self.flatten(x))

def subclass(input_shape, num_classes):
    return Subclass(num_classes)

def any_size(input_shape, num_classes):
    inputs = keras.Input((None, None, input_shape[-1]))
    x = layers.GlobalAveragePooling2D()(inputs)
    return keras.Model(inputs, layers.Dense(num_classes)(x))

def fails(input_shape, num_classes):
    raise RuntimeError("out of luck")

def fails_inside_keras(input_shape, num_classes):
    return keras.Sequential([keras.Input(input_shape), layers.Conv2D(-1, 3)])

def one_argument(input_shape):
    return good(input_shape, 10)

def returns_nothing(input_shape, num_classes):
    good(input_shape, num_classes)

def returns_layer(input_shape, num_classes):
    return layers.Dense(num_classes)

def eleven(input_shape, num_classes):
    return good(input_shape, 11)

def unpooled(input_shape, num_classes):
    return keras.Sequential([keras.Input(input_shape), layers.Dense(num_classes)])

def two_outputs(input_shape, num_classes):
    model = good(input_shape, num_classes)
    return keras.Model(model.inputs, [model.outputs[0], model.outputs[0] * 2])

def two_inputs(input_shape, num_classes):
    inputs = [keras.Input(input_shape), keras.Input(input_shape)]
    x = layers.Flatten()(layers.Add()(inputs))
    return keras.Model(inputs, layers.Dense(num_classes)(x))

def other_input(input_shape, num_classes):
    return good((28, 28, 1), num_classes)

def convolutional_on_wrong_rank(input_shape, num_classes):
    return keras.Sequential([layers.Conv3D(1, 1), layers.Flatten(), layers.Dense(num_classes)])

def softmax(input_shape, num_classes):
    model = good(input_shape, num_classes)
    return keras.Model(model.inputs, layers.Softmax()(model.outputs[0]))

def softmax_operation(input_shape, num_classes):
    model = good(input_shape, num_classes)
    return keras.Model(model.inputs, ops.softmax(model.outputs[0]))

def softmax_activation(input_shape, num_classes):
    return keras.Sequential(
        [layers.Flatten(), layers.Dense(num_classes, activation="softmax", name="tail")]
    )

def softmax_inside(input_shape, num_classes):
    return keras.Sequential([keras.Input(input_shape), softmax(input_shape, num_classes)])

def sigmoid(input_shape, num_classes):
    model = good(input_shape, num_classes)
    return keras.Model(model.inputs, layers.Activation("sigmoid")(model.outputs[0]))

NUMBER = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current directory, in which modules can be written and are forgotten again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    (tmp_path / "own_networks.py").write_text(OWN)
    importlib.invalidate_caches()
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


@pytest.mark.parametrize("function", ["good", "unbuilt", "subclass", "any_size"])
def test_a_function_of_the_users_own_builds_the_network(function, folder):
    network = make(f"own_networks:{function}", (6, 5, 3))
    assert network.name == "peer_a"
    assert len(network.trainable_variables) == 2
    logits = network(np.ones((2, 6, 5, 3), "float32"))
    assert tuple(logits.shape) == (2, 10)


def test_the_weights_of_a_users_own_network_follow_from_the_seed(folder):
    def kernels():
        keras.utils.set_random_seed(5)
        return [make("own_networks:good").trainable_variables[0].numpy() for _ in range(2)]

    first, second = kernels(), kernels()
    np.testing.assert_array_equal(first, second)
    assert np.abs(first[0] - first[1]).max() > 0


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("godo", "has no godo. Did you mean 'good'?"),
        ("NUMBER", "has a int, not a function, NUMBER"),
        ("fails", r"RuntimeError: out of luck \(.*own_networks.py, line \d+\)"),
        ("fails_inside_keras", r"ValueError: .*\(.*own_networks.py, line \d+\)"),
        ("one_argument", "failed with TypeError"),
        ("returns_nothing", "must return a keras.Model, and returned NoneType"),
        ("returns_layer", "must return a keras.Model, and returned Dense"),
        ("eleven", r"\(None, 10\), a logit for each class, and returns \(None, 11\)"),
        ("unpooled", r"returns \(None, 8, 8, 10\)"),
        ("two_outputs", r"returns \[\(None, 10\), \(None, 10\)\]"),
        ("two_inputs", r"takes inputs of the shape \(8, 8, 3\), \(8, 8, 3\)"),
        ("other_input", r"takes inputs of the shape \(28, 28, 1\).* shape \(8, 8, 3\)"),
        ("convolutional_on_wrong_rank", r"does not take inputs of the shape \(8, 8, 3\)"),
        ("softmax", "must return logits"),
        ("softmax_operation", "must return logits"),
        ("softmax_activation", "its layer 'tail' returns probabilities"),
        ("softmax_inside", "must return logits"),
        ("sigmoid", "must return logits"),
    ],
)
def test_a_function_that_does_not_suit_is_refused(function, says, folder):
    with pytest.raises(InputError, match=says):
        make(f"own_networks:{function}")


@pytest.mark.parametrize(
    ("module", "source", "says"),
    [
        ("absent_module", None, "There is no module absent_module"),
        ("absent_package.net", None, "There is no module absent_package,"),
        ("needy", "import absent_dependency", "needs absent_dependency, which is not installed"),
        ("broken", "def build(:", "could not be imported: SyntaxError"),
        ("failing", "1 / 0", r"ZeroDivisionError: division by zero \(.*failing.py, line 1\)"),
        ("ending", "raise SystemExit(2)", "could not be imported: SystemExit"),
    ],
)
def test_a_module_that_cannot_be_imported_is_refused(module, source, says, folder):
    if source is not None:
        (folder / f"{module}.py").write_text(source)
        importlib.invalidate_caches()
    with pytest.raises(InputError, match=says):
        make(f"{module}:build")
