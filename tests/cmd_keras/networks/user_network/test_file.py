"""A file of the user's own."""

import json
import zipfile

import keras
import numpy as np
import pytest

from cmd_keras import MutualDistiller
from cmd_keras.errors import InputError
from cmd_keras.networks import check_name
from tests.cmd_keras.networks.make import make


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


def test_frozen_layers_are_not_drawn_anew(tmp_path):
    base = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3)], name="base")
    learned = keras.layers.Normalization(mean=[0.0] * 3, variance=[1.0] * 3, trainable=False)
    network = keras.Sequential(
        [keras.Input((8, 8, 3)), learned, base, keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    base.trainable = False
    path = str(tmp_path / "frozen.keras")
    network.save(path)
    with pytest.raises(InputError, match=r"1 layer of .*, such as 'conv2d.*', is frozen .* never"):
        make(path)
    kept = make(path, pretrained=True)
    np.testing.assert_array_equal(kept.get_weights()[0], network.get_weights()[0])
    base.trainable = True
    network.save(path)
    assert len(make(path).trainable_variables) == 4
