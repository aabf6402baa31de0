import keras
import numpy as np
import pytest

from cmd_keras.networks import NETWORKS

# Trainable parameters for 32×32×3 pictures and 10 classes. ResNet-20 and -32 are
# the 0.27M and 0.46M of table 6 of He et al.; 18 and 34 have the usual 3×3 stem.
PUBLISHED = {
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet18": 11_173_962,
    "resnet34": 21_282_122,
}


def build(name, image_shape=(32, 32, 3), num_classes=10, mean=None, variance=None):
    channels = image_shape[-1]
    mean = np.zeros(channels) if mean is None else mean
    variance = np.ones(channels) if variance is None else variance
    return NETWORKS[name](image_shape, num_classes, mean, variance, name)


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items())
def test_parameters_are_the_published_ones(name, parameters):
    found = sum(int(np.prod(v.shape)) for v in build(name).trainable_variables)
    assert found == parameters


@pytest.mark.parametrize("name", ["mlp", "resnet8"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (33, 20, 3)])
def test_any_picture_becomes_float32_logits(name, shape):
    logits = build(name, shape, 7)(np.zeros((2, *shape), "float32"))
    assert tuple(logits.shape) == (2, 7)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


def test_batch_normalisation_and_initialisers_are_those_of_the_paper():
    layers = build("resnet8").layers
    norms = [x for x in layers if isinstance(x, keras.layers.BatchNormalization)]
    convolutions = [x for x in layers if isinstance(x, keras.layers.Conv2D)]
    assert len(norms) == len(convolutions) == 7
    assert {(norm.momentum, norm.epsilon) for norm in norms} == {(0.9, 1e-5)}
    assert {type(c.kernel_initializer).__name__ for c in convolutions} == {"HeNormal"}


def test_the_network_normalises_raw_pixels_itself():
    x = np.random.default_rng(0).uniform(0, 255, (4, 8, 8, 3)).astype("float32")
    mean, variance = np.array([120.0, 110.0, 100.0]), np.array([900.0, 400.0, 100.0])
    raw = build("mlp", (8, 8, 3), mean=mean, variance=variance)
    plain = build("mlp", (8, 8, 3))
    plain.set_weights(raw.get_weights())
    normalised = ((x - mean) / np.sqrt(variance)).astype("float32")
    np.testing.assert_allclose(raw(x), plain(normalised), atol=1e-4)


def test_a_saved_network_loads_without_this_package(tmp_path):
    network = build("resnet8", (8, 8, 1))
    network.save(tmp_path / "peer.keras")
    loaded = keras.models.load_model(tmp_path / "peer.keras")
    x = np.ones((1, 8, 8, 1), "float32")
    np.testing.assert_array_equal(loaded(x), network(x))
    config = network.to_json()
    assert "cmd_keras" not in config
    assert "cmdcore" not in config
