"""What is built of the networks that have a name, and how large it is."""

import keras
import numpy as np
import pytest

from cmd_keras.networks import build
from cmd_keras.networks.batch_normalization import plain
from cmd_keras.networks.shufflenet_v2 import shuffle_channels
from tests.cmd_keras.networks.make import IMAGENET, SMALLEST, large, make, size

# Name, classes, trainable parameters, millions as published.
PUBLISHED = [
    # Table 6 of He et al., CIFAR-10.
    ("resnet20", 10, 269_722, "0.27"),
    ("resnet32", 10, 464_154, "0.46"),
    ("resnet44", 10, 658_586, "0.66"),
    ("resnet56", 10, 853_018, "0.85"),
    # Its convolutions have 448, 4,640 and 18,496 parameters, its dense layers 131,200 and 1,290.
    ("cnn", 10, 156_074, "0.16"),
    # ResNet18, 34 and 50 of github.com/kuangliu/pytorch-cifar, counted.
    ("resnet18", 10, 11_173_962, "11.17"),
    ("resnet34", 10, 21_282_122, "21.28"),
    ("resnet50", 10, 23_520_842, "23.52"),
    # Exact: documentation of torchvision, num_params. Millions: table 5 of Ma et al., ImageNet.
    ("shufflenet_v2_x0.5", 1000, 1_366_792, "1.4"),
    ("shufflenet_v2_x1", 1000, 2_278_604, "2.3"),
    ("shufflenet_v2_x1.5", 1000, 3_503_624, "3.5"),
    # Model.summary() of keras.applications with include_top=True; the totals, with the
    # moving statistics, are 25,636,712 and 55,873,736.
    ("imagenet_resnet50", 1000, 25_583_592, "25.6"),
    ("inception_resnet_v2", 1000, 55_813_192, "55.8"),
]


@pytest.mark.parametrize(("name", "classes", "parameters", "millions"), PUBLISHED)
def test_parameters_are_the_published_ones(name, classes, parameters, millions):
    assert size(large(name, classes).trainable_variables) == parameters
    decimals = len(millions.partition(".")[2])
    assert f"{parameters / 1e6:.{decimals}f}" == millions


def test_totals_of_the_applications_are_those_that_keras_documents():
    assert large("imagenet_resnet50", 1000).count_params() == 25_636_712
    assert large("inception_resnet_v2", 1000).count_params() == 55_873_736


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("resnet20", (8, 8, 64)),  # section 4.2 of He et al.
        ("resnet18", (4, 4, 512)),
        ("resnet50", (4, 4, 2048)),
        ("shufflenet_v2_x1", (4, 4, 1024)),
    ],
)
def test_the_last_features_of_a_32_by_32_image(name, features):
    classes = {row[0]: row[1] for row in PUBLISHED}[name]
    pooling = [
        layer
        for layer in large(name, classes).layers
        if isinstance(layer, keras.layers.GlobalAveragePooling2D)
    ]
    assert [layer.input.shape[1:] for layer in pooling] == [features]


@pytest.mark.parametrize("shape", [(8, 8, 1), (33, 20, 3), (1, 3, 2)])
@pytest.mark.parametrize(
    "name", ["mlp", "cnn", "resnet8", "resnet18", "resnet50", "shufflenet_v2_x0.5"]
)
def test_any_image_becomes_float32_logits(name, shape):
    logits = make(name, shape, 7)(np.zeros((2, *shape), "float32"))
    assert tuple(logits.shape) == (2, 7)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert np.isfinite(logits).all()


@pytest.mark.parametrize(
    "name", ["mlp", "cnn", "resnet8", "shufflenet_v2_x0.5", "imagenet_resnet50"]
)
def test_logits_are_float32_under_mixed_precision(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = make(name, (32, 32, 3))
    finally:
        keras.config.set_dtype_policy(before)
    assert network.outputs[0].dtype == "float32"


def test_a_vector_goes_into_the_mlp():
    logits = make("mlp", (5,), 3, np.arange(5.0), np.ones(5))(np.ones((2, 5), "float32"))
    assert tuple(logits.shape) == (2, 3)


@pytest.mark.parametrize("name", ["resnet8", "resnet50", "shufflenet_v2_x0.5"])
def test_batch_normalisation_is_that_of_the_paper(name):
    layers = make(name).layers
    norms = [x for x in layers if isinstance(x, keras.layers.BatchNormalization)]
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    convolutions = [x for x in layers if isinstance(x, kinds)]
    assert len(norms) == len(convolutions) > 0
    assert {(norm.momentum, norm.epsilon) for norm in norms} == {(0.9, 1e-5)}
    assert not any(convolution.use_bias for convolution in convolutions)


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x1.5"])
def test_convolutions_are_he_normal(name):
    classes = {row[0]: row[1] for row in PUBLISHED}[name]
    seen = 0
    for layer in large(name, classes).layers:
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        if depthwise or isinstance(layer, keras.layers.Conv2D):
            kernel = np.asarray(layer.kernel)
            if kernel.size < 1000:
                continue
            fan_in = 9 if depthwise else np.prod(kernel.shape[:3])
            # Of 1,000 draws or more the deviation is known to 2.3 %, four times that is allowed.
            assert kernel.std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.1)
            seen += 1
    assert seen > 15


def test_the_network_normalises_raw_pixels_itself():
    x = np.random.default_rng(0).uniform(0, 255, (4, 8, 8, 3)).astype("float32")
    mean, variance = np.array([120.0, 110.0, 100.0]), np.array([900.0, 400.0, 100.0])
    for name in ("mlp", "shufflenet_v2_x0.5"):
        raw = make(name, mean=mean, variance=variance)
        normalising = make(name)
        normalising.set_weights(raw.get_weights())
        normalised = ((x - mean) / np.sqrt(variance)).astype("float32")
        np.testing.assert_allclose(raw(x), normalising(normalised), atol=1e-4)


def test_the_channel_shuffle_is_that_of_shufflenet():
    left, right = np.random.default_rng(0).normal(size=(2, 2, 3, 4, 5)).astype("float32")
    inputs = [keras.Input(left.shape[1:]) for _ in range(2)]
    found = keras.Model(inputs, shuffle_channels(*inputs))([left, right])
    # Zhang et al., ShuffleNet, figure 1: reshape to (groups, n), transpose, flatten.
    joined = np.concatenate([left, right], axis=-1)
    expected = joined.reshape(2, 3, 4, 2, 5).swapaxes(-1, -2).reshape(2, 3, 4, 10)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", IMAGENET)
def test_the_applications_see_the_pixels_they_were_made_for(name):
    network = large(name, 1000)
    backbone = next(layer for layer in network.layers if isinstance(layer, keras.Model))
    shape = SMALLEST[name]
    x = np.random.default_rng(0).uniform(0, 255, (1, *shape)).astype("float32")
    if name == "imagenet_resnet50":
        seen = x[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32")
    else:
        seen = x / np.float32(127.5) - np.float32(1)
    expected = network.get_layer("logits")(backbone(seen))
    np.testing.assert_allclose(network(x), expected, rtol=1e-4, atol=1e-4)


def test_grey_images_are_repeated_to_three_channels():
    grey, colour = make("imagenet_resnet50", (32, 33, 1)), make("imagenet_resnet50", (32, 33, 3))
    colour.set_weights(grey.get_weights())
    x = np.random.default_rng(0).uniform(0, 255, (1, 32, 33, 1)).astype("float32")
    np.testing.assert_allclose(grey(x), colour(np.repeat(x, 3, axis=-1)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["mlp", "resnet8", "shufflenet_v2_x0.5", "imagenet_resnet50"])
def test_a_saved_network_loads_without_this_package(name, tmp_path):
    shape = (32, 32, 1)
    network = plain(make(name, shape))
    network.save(tmp_path / "peer.keras")
    loaded = keras.models.load_model(tmp_path / "peer.keras")
    x = np.random.default_rng(0).uniform(0, 255, (1, *shape)).astype("float32")
    np.testing.assert_array_equal(loaded(x), network(x))
    config = network.to_json()
    assert "cmd_keras" not in config
    assert "cmdcore" not in config


@pytest.mark.parametrize("name", ["mlp", "resnet8"])
def test_weights_follow_from_the_seed_and_the_position(name):
    def pair():
        keras.utils.set_random_seed(3)
        return [
            build(name, (8, 8, 1), 4, np.zeros(1), np.ones(1), peer)
            for peer in ("peer_a", "peer_b")
        ]

    first, second = pair(), pair()
    assert [network.name for network in first] == ["peer_a", "peer_b"]
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    assert np.abs(first[0].trainable_variables[0] - first[1].trainable_variables[0]).max() > 0
