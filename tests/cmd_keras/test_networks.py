import functools
import importlib
import json
import sys
import urllib.error
import zipfile

import keras
import numpy as np
import pytest

from cmd_keras import MutualDistiller
from cmd_keras.errors import InputError
from cmd_keras.networks import NETWORKS, PRETRAINED, build, check_name
from cmd_keras.networks.batch_normalization import plain
from cmd_keras.networks.imagenet import imagenet_network
from cmd_keras.networks.shufflenet_v2 import shuffled

# Name, classes, trainable parameters, millions as published.
PUBLISHED = [
    # Table 6 of He et al., CIFAR-10.
    ("resnet20", 10, 269_722, "0.27"),
    ("resnet32", 10, 464_154, "0.46"),
    ("resnet44", 10, 658_586, "0.66"),
    ("resnet56", 10, 853_018, "0.85"),
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
SMALLEST = {"imagenet_resnet50": (32, 32, 3), "inception_resnet_v2": (75, 75, 3)}
IMAGENET = tuple(SMALLEST)


def make(network, shape=(8, 8, 3), num_classes=10, mean=None, variance=None, **options):
    mean = np.zeros(shape[-1]) if mean is None else mean
    variance = np.ones(shape[-1]) if variance is None else variance
    options = {"trusted": [network], **options}
    return build(network, shape, num_classes, mean, variance, "peer_a", **options)


@functools.cache
def large(name, num_classes):
    """The networks that take seconds to build, each built once."""
    return make(name, SMALLEST.get(name, (32, 32, 3)), num_classes)


def size(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


# What is built, and how large it is.


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
@pytest.mark.parametrize("name", ["mlp", "resnet8", "resnet18", "resnet50", "shufflenet_v2_x0.5"])
def test_any_image_becomes_float32_logits(name, shape):
    logits = make(name, shape, 7)(np.zeros((2, *shape), "float32"))
    assert tuple(logits.shape) == (2, 7)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("name", ["mlp", "resnet8", "shufflenet_v2_x0.5", "imagenet_resnet50"])
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
    found = keras.Model(inputs, shuffled(*inputs))([left, right])
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


# Names that are wrong, and data that do not suit.


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


# Pretrained weights.


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


# A function of the user's own.

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


# A file of the user's own.


def small(num_classes=10, shape=(8, 8, 3), activation=None):
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Flatten(),
            keras.layers.Dense(num_classes, activation=activation),
        ]
    )


def test_a_file_gives_its_architecture_and_with_pretrained_its_weights(tmp_path):
    saved = make("resnet8")
    path = str(tmp_path / "saved.keras")
    saved.save(path)
    check_name(path)
    kept = make(path, pretrained=True)
    for found, expected in zip(kept.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    keras.utils.set_random_seed(1)
    drawn = [make(path), make(path)]
    keras.utils.set_random_seed(1)
    again = make(path)
    kernels = [network.trainable_variables[0].numpy() for network in (saved, *drawn, again)]
    np.testing.assert_array_equal(kernels[1], kernels[3])
    assert np.abs(kernels[0] - kernels[1]).max() > 0
    assert np.abs(kernels[1] - kernels[2]).max() > 0
    assert {network.name for network in (kept, *drawn)} == {"peer_a"}
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in saved.layers]


@pytest.mark.parametrize("pretrained", [False, True])
def test_the_statistics_of_an_adapted_normalisation_are_kept(pretrained, tmp_path):
    x = np.random.default_rng(0).uniform(0, 255, (50, 8, 8, 3)).astype("float32")
    normalization = keras.layers.Normalization()
    normalization.adapt(x)
    inputs = keras.Input((8, 8, 3))
    keras.Model(inputs, small()(normalization(inputs))).save(tmp_path / "saved.keras")
    network = make(str(tmp_path / "saved.keras"), pretrained=pretrained)
    found = network.layers[1](x)
    np.testing.assert_allclose(found, normalization(x), atol=1e-5)


def adapted(layer, x):
    layer.adapt(x)
    return layer


def nested(layer, x):
    return keras.Sequential([keras.Input(x.shape[1:]), adapted(layer, x)])


def in_columns(layer, x):
    return keras.layers.TimeDistributed(adapted(layer, x[:, 0]))


@pytest.mark.parametrize(
    "first",
    [
        lambda x: nested(keras.layers.Normalization(), x),
        lambda x: keras.Sequential([keras.Input(x.shape[1:]), nested(keras.layers.Normalization(), x)]),
        lambda x: in_columns(keras.layers.Normalization(axis=-1), x),
        lambda x: nested(keras.layers.Discretization(num_bins=5), x),
        lambda x: adapted(keras.layers.Discretization(num_bins=5), x),
    ],
    ids=["nested", "nested twice", "wrapped", "nested bins", "bins"],
)  # fmt: skip
def test_what_a_layer_has_learned_with_adapt_is_kept_wherever_it_is(first, tmp_path):
    x = np.random.default_rng(0).uniform(0, 255, (50, 4, 3)).astype("float32")
    first = first(x)
    inputs = keras.Input((4, 3))
    seen = keras.layers.Rescaling(1.0)(first(inputs))
    # Once more: a layer may be used twice.
    both = keras.layers.Add()([seen, keras.layers.Rescaling(1.0)(first(inputs))])
    norm = keras.layers.BatchNormalization()
    outputs = keras.layers.Dense(10)(keras.layers.Flatten()(norm(both)))
    saved = keras.Model(inputs, outputs)
    norm.moving_mean.assign([7.0, 8.0, 9.0])
    saved.save(tmp_path / "saved.keras")
    network = make(str(tmp_path / "saved.keras"), (4, 3))
    found = keras.Model(network.inputs, network.layers[-3].input)
    np.testing.assert_array_equal(found(x), keras.Model(inputs, both)(x))
    np.testing.assert_array_equal(network.layers[-3].moving_mean, np.zeros(3))
    kernels = [model.layers[-1].kernel.numpy() for model in (saved, network)]
    assert np.abs(kernels[0] - kernels[1]).max() > 0.1


def test_words_that_a_lookup_has_learned_are_kept(tmp_path):
    lookup = keras.layers.IntegerLookup(output_mode="one_hot", num_oov_indices=1)
    lookup.adapt(np.array([[3], [5], [5]]))
    inputs = keras.Input((1,), dtype="int64")
    inside = keras.Sequential([keras.Input((1,), dtype="int64"), lookup])
    keras.Model(inputs, keras.layers.Dense(10)(inside(inputs))).save(tmp_path / "saved.keras")
    network = make(str(tmp_path / "saved.keras"), (1,))
    found = network.layers[1](np.array([[5], [3], [4]]))
    np.testing.assert_array_equal(found, [[0, 1, 0], [0, 0, 1], [1, 0, 0]])


def test_two_peers_from_one_file_drop_out_differently(tmp_path):
    with_layer(keras.layers.Dropout(0.5)).save(tmp_path / "saved.keras")
    x = np.ones((1, 8, 8, 3), "float32")
    drawn = [make(str(tmp_path / "saved.keras")).layers[0](x, training=True) for _ in range(2)]
    assert (np.array(drawn[0]) != np.array(drawn[1])).any()


def test_a_network_of_this_package_can_be_read_back_for_other_networks_too(tmp_path):
    make("shufflenet_v2_x0.5").save(tmp_path / "saved.keras")
    assert make(str(tmp_path / "saved.keras")).count_params() > 300_000


class Unregistered(keras.layers.Layer):
    def call(self, x):
        return x


def with_layer(layer):
    return keras.Sequential(
        [keras.Input((8, 8, 3)), layer, keras.layers.Flatten(), *small(10).layers[1:]]
    )


def text_file(path):
    path.write_text("no zip file")


def empty_zip(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "nothing")


def truncated(path):
    small().save(path)
    path.write_bytes(path.read_bytes()[:-200])


def without_weights(path):
    small().save(path)
    with zipfile.ZipFile(path) as file:
        config = file.read("config.json")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", config)
        file.writestr("metadata.json", json.dumps({"keras_version": keras.__version__}))


def not_a_model(path):
    small().save(path)
    layer = keras.saving.serialize_keras_object(keras.layers.Dense(10))
    with zipfile.ZipFile(path) as file:
        contents = {name: file.read(name) for name in file.namelist()}
    contents["config.json"] = json.dumps(layer)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)


@pytest.mark.parametrize(
    ("save", "says"),
    [
        (text_file, "not a .keras file"),
        (empty_zip, "not a .keras file"),
        (truncated, "not a .keras file"),
        (without_weights, "not a .keras file"),
        (not_a_model, "must hold a keras.Model, and holds a Dense"),
        (lambda path: path.mkdir(), "no file"),
        (lambda path: small(11).save(path), r"returns \(None, 11\)"),
        (lambda path: small(10, (28, 28, 1)).save(path), r"shape \(28, 28, 1\)"),
        (lambda path: small(activation="softmax").save(path), "must return logits"),
        (
            lambda path: with_layer(keras.layers.Lambda(lambda x: x * 2)).save(path),
            "never executed.*module:function",
        ),
        (
            lambda path: with_layer(Unregistered()).save(path),
            "'Unregistered', which is not one of Keras's own",
        ),
        (lambda path: MutualDistiller(small(), small()).save(path), "MutualDistiller"),
    ],
)
@pytest.mark.parametrize("pretrained", [False, True])
def test_a_file_that_does_not_suit_is_refused(save, says, pretrained, tmp_path):
    path = tmp_path / "saved.keras"
    save(path)
    with pytest.raises(InputError, match=says):
        make(str(path), pretrained=pretrained)
