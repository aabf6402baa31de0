"""Names that are wrong, data that do not suit, and pretrained weights."""

import urllib.error

import keras
import numpy as np
import pytest

from cmd_keras.errors import InputError
from cmd_keras.networks import NETWORKS, PRETRAINED, check_name
from cmd_keras.networks.imagenet import imagenet_network
from tests.cmd_keras.networks.make import SMALLEST, make


@pytest.mark.parametrize("name", [*NETWORKS, "package.module:function"])
def test_possible_names_pass(name):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("resnet_20", "Did you mean 'resnet20'"),
        ("", "Unknown network ''"),
        ("own/net.py:build", "own.net:build"),
        ("module:", "not of the form module:function"),
        (":function", "not of the form module:function"),
        ("a:b:c", "not of the form module:function"),
        ("nowhere/net.keras", "no file 'nowhere/net.keras'"),
        ("network.h5", "save"),
    ],
)
def test_impossible_names_are_refused(name, says):
    with pytest.raises(InputError, match=says):
        check_name(name)
    with pytest.raises(InputError, match=says):
        make(name)


@pytest.mark.parametrize(
    ("name", "shape", "says"),
    [
        ("resnet8", (64,), "Use the network mlp"),
        ("shufflenet_v2_x1", (64, 3), "takes images"),
        ("imagenet_resnet50", (31, 40, 3), "at least 32×32 .* received 31×40.*image_size=32"),
        ("inception_resnet_v2", (80, 74, 3), "at least 75×75 .*image_size=75"),
        ("imagenet_resnet50", (32, 32, 4), "received 4 channels"),
    ],
)
def test_data_that_do_not_suit_are_refused(name, shape, says):
    with pytest.raises(InputError, match=says):
        make(name, shape)


@pytest.mark.parametrize("name", ["resnet20", "mlp", "own:network"])
def test_networks_without_pretrained_weights_say_so(name):
    with pytest.raises(InputError, match="no pretrained weights"):
        make(name, pretrained=True)


@pytest.mark.parametrize("name", PRETRAINED)
def test_without_a_network_the_place_of_the_weights_is_named(name, tmp_path, monkeypatch):
    addresses = []

    def unreachable(address, *arguments):
        addresses.append(address)
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", unreachable)
    with pytest.raises(InputError, match=r"no route to host.*train from scratch") as caught:
        make(name, SMALLEST[name], pretrained=True)
    # What the message tells the user to copy is what Keras asked for.
    file = addresses[0].rpartition("/")[2]
    assert str(tmp_path / "models" / file) in str(caught.value)


def test_pretrained_weights_stay_and_only_the_logits_are_new(tmp_path):
    options = {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"}
    known = keras.applications.MobileNet(weights=None, alpha=0.25, **options)
    known.save_weights(tmp_path / "known.weights.h5")

    def application(weights, **given):
        assert given == options
        path = {"imagenet": tmp_path / "known.weights.h5"}[weights]
        return keras.applications.MobileNet(weights=str(path), alpha=0.25, **given)

    network = imagenet_network(
        (32, 32, 1),
        5,
        np.zeros(1),
        np.ones(1),
        "peer_a",
        application=application,
        preprocess=keras.applications.mobilenet.preprocess_input,
        smallest=32,
        weights_file="known",
    )
    *backbone, kernel, bias = network.get_weights()
    for found, expected in zip(backbone, known.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert kernel.shape == (256, 5)
    assert bias.shape == (5,)


@pytest.mark.parametrize("name", ["cnn", "resnet8", "mlp"])
def test_images_with_their_channels_first_are_refused(name):
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(InputError, match='"image_data_format": "channels_last"'):
            make(name)
    finally:
        keras.config.set_image_data_format("channels_last")
    make(name)
