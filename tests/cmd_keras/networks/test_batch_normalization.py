"""The layer gives what Keras's own gives, on every backend."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers, ops

from cmd_keras.networks.batch_normalization import BatchNormalization, plain

TENSORFLOW = keras.backend.backend() == "tensorflow"
needs_tensorflow = pytest.mark.skipif(not TENSORFLOW, reason="only TensorFlow has the kernel")

SHAPES = [(8, 5, 7, 3), (16, 1, 1, 1), (3, 9, 1, 17), (128, 4, 4, 64)]


def both(shape, **options):
    """Our layer and Keras's with the same, not trivial, weights."""
    options = {"momentum": 0.9, "epsilon": 1e-5, **options}
    rng = np.random.default_rng(1)
    made = []
    for layer_class in (BatchNormalization, layers.BatchNormalization):
        layer = layer_class(**options)
        layer.build(shape)
        made.append(layer)
    weights = [rng.uniform(0.5, 2.0, w.shape) for w in made[0].get_weights()]
    for layer in made:
        layer.set_weights(weights)
    return made


def batch(shape, seed=0, dtype="float32"):
    # Off centre, as activations are, which is where a variance loses digits.
    return np.random.default_rng(seed).normal(3.0, 2.0, shape).astype(dtype)


def compare(found, expected, relative=1e-5):
    found, expected = (ops.convert_to_numpy(ops.cast(x, "float32")) for x in (found, expected))
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(found, expected, rtol=relative, atol=relative * scale)


@pytest.mark.parametrize("shape", SHAPES)
def test_outputs_and_moving_statistics_over_several_steps(shape):
    ours, kerass = both(shape)
    for step in range(5):
        x = batch(shape, seed=step)
        compare(ours(x, training=True), kerass(x, training=True))
    assert [w.name for w in ours.weights] == [w.name for w in kerass.weights]
    for found, expected in zip(ours.weights, kerass.weights, strict=True):
        compare(found, expected)
    compare(ours(x, training=False), kerass(x, training=False))


def test_one_value_a_channel_has_no_variance():
    ours, kerass = both((1, 1, 1, 4))
    x = batch((1, 1, 1, 4))
    # Keras forms x / 0.003 - mean / 0.003, which leaves 5 of 7 digits.
    compare(ours(x, training=True), kerass(x, training=True), 1e-4)
    compare(ours.moving_variance, kerass.moving_variance)


@pytest.mark.parametrize(
    "options",
    [
        {"center": False},
        {"scale": False},
        {"center": False, "scale": False},
        {"axis": 1},
        {"axis": 3},
        {"epsilon": 1e-7},
        {"renorm": True},
        {"trainable": False},
        {"dtype": "float64"},
        {"dtype": "bfloat16"},
        {"dtype": "mixed_float16"},
    ],
    ids=str,
)
@pytest.mark.parametrize("training", [True, False])
def test_every_option_means_what_it_means_in_keras(options, training):
    shape = (8, 6, 5, 3)
    ours, kerass = both(shape, **options)
    x = batch(shape)
    found, expected = ours(x, training=training), kerass(x, training=training)
    assert found.dtype == expected.dtype
    half = options.get("dtype") in ("bfloat16", "mixed_float16")
    compare(found, expected, 1e-2 if half else 1e-5)
    for a, b in zip(ours.weights, kerass.weights, strict=True):
        compare(a, b, 1e-2 if half else 1e-5)


@pytest.mark.parametrize("shape", [(16, 6), (4, 9, 6), (2, 3, 4, 5, 6)])
def test_shapes_other_than_images(shape):
    ours, kerass = both(shape)
    x = batch(shape)
    compare(ours(x, training=True), kerass(x, training=True))
    compare(ours.moving_variance, kerass.moving_variance)


def test_a_mask_is_heeded():
    ours, kerass = both((4, 5, 5, 3))
    x, mask = batch((4, 5, 5, 3)), np.arange(100).reshape(4, 5, 5) % 3 == 0
    compare(ours(x, training=True, mask=mask), kerass(x, training=True, mask=mask))
    compare(ours.moving_mean, kerass.moving_mean)


@needs_tensorflow
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_gradients(shape, training, jit_compile):
    import tensorflow as tf

    x, weight = tf.constant(batch(shape)), tf.constant(batch(shape, seed=9))
    gradients = []
    for layer in both(shape):

        @tf.function(jit_compile=jit_compile)
        def gradient(layer=layer):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum(weight * tf.sin(layer(x, training=training)))
            return tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])

        gradients.append(gradient())
    for found, expected in zip(*gradients, strict=True):
        compare(found, expected)


@needs_tensorflow
def test_images_go_through_one_kernel_each_way():
    import tensorflow as tf

    def kernels(layer):
        @tf.function
        def step(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum(layer(x, training=True) ** 2)
            return tape.gradient(loss, x)

        graph = step.get_concrete_function(tf.TensorSpec((8, 4, 4, 3))).graph
        return {operation.type for operation in graph.get_operations()}

    ours, kerass = (kernels(layer) for layer in both((8, 4, 4, 3)))
    assert {"FusedBatchNormV3", "FusedBatchNormGradV3"} <= ours
    assert "FusedBatchNormV3" not in kerass
    assert "SquaredDifference" not in ours


@needs_tensorflow
def test_synchronised_statistics_are_left_to_keras():
    import tensorflow as tf

    ours, _ = both((8, 4, 4, 3), synchronized=True)
    function = tf.function(lambda x: ours(x, training=True))
    graph = function.get_concrete_function(tf.TensorSpec((8, 4, 4, 3))).graph
    assert not [x for x in graph.get_operations() if x.type.startswith("FusedBatchNorm")]


def network(depth=1):
    """Our layer on its own, and inside a model inside a model."""
    inputs = keras.Input((6, 6, 3))
    x = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0])(inputs)
    x = BatchNormalization()(layers.Conv2D(4, 3)(x))
    inner = keras.Sequential([keras.Input((4, 4, 4)), layers.ReLU(), BatchNormalization()])
    x = layers.Add()([inner(x), x])
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)), name="peer")


def test_plain_is_the_same_network_of_keras_layers_alone():
    ours = network()
    ours.set_weights([w + 0.1 for w in ours.get_weights()])
    copy = plain(ours)
    x = batch((5, 6, 6, 3))
    compare(copy(x), ours(x))
    assert copy.name == "peer"
    assert "cmd_keras" not in copy.to_json()
    assert "cmd_keras" in ours.to_json()
    for found, expected in zip(copy.weights, ours.weights, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_plain_leaves_other_networks_alone():
    class Own(keras.Model):
        def call(self, x):
            return x

    own = Own()
    assert plain(own) is own


def test_a_plain_network_loads_where_this_package_is_unknown(tmp_path):
    ours = network()
    plain(ours).save(tmp_path / "peer.keras")
    np.save(tmp_path / "x.npy", batch((2, 6, 6, 3)))
    script = (
        "import sys, keras, numpy as np\n"
        "model = keras.models.load_model('peer.keras')\n"
        "np.save('y.npy', keras.ops.convert_to_numpy(model(np.load('x.npy'))))\n"
        "assert not {'cmd_keras', 'cmdcore'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    compare(np.load(tmp_path / "y.npy"), ours(np.load(tmp_path / "x.npy")))


@pytest.mark.parametrize("back", [False, True])
def test_weights_saved_by_one_load_into_the_other(tmp_path, back):
    ours = network()
    ours.set_weights([w + 0.1 for w in ours.get_weights()])
    source, target = (plain(ours), network()) if back else (ours, plain(network()))
    source.save_weights(tmp_path / "peer.weights.h5")
    target.load_weights(tmp_path / "peer.weights.h5")
    for found, expected in zip(target.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_network_of_it_saves_and_loads_as_it_is(tmp_path):
    ours = network()
    ours.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    assert any(isinstance(layer, BatchNormalization) for layer in loaded.layers)
    x = batch((2, 6, 6, 3))
    compare(loaded(x), ours(x))
