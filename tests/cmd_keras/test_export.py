import keras
import numpy as np
import pytest
import tensorflow as tf

from cmd_keras import MutualDistiller
from tests.cmd_keras.peers import digits, distiller


def served(model, folder):
    """The exported model as TensorFlow alone reads it, and the names of what it takes."""
    model.export(str(folder), format="tf_saved_model", verbose=False)
    loaded = tf.saved_model.load(str(folder))
    _, names = loaded.signatures["serving_default"].structured_input_signature
    return loaded, names


def test_a_trained_distiller_is_exported_as_the_ensemble(tmp_path):
    x, y = digits()
    model = distiller()
    model.fit(x, y, epochs=1, verbose=0)
    loaded, names = served(model, tmp_path / "export")
    np.testing.assert_allclose(loaded.serve(x[:5]), model.predict(x[:5], verbose=0), atol=1e-6)
    assert len(names) == 1


RNG = np.random.default_rng(0)
IMAGE, AGE = RNG.uniform(size=(6, 3)).astype("float32"), RNG.integers(0, 90, (6, 2)).astype("int32")
Y = np.arange(6) % 2


def joined(image, age):
    x = keras.ops.concatenate([image, keras.ops.cast(age, "float32") / 90.0], axis=-1)
    return keras.layers.Dense(2)(x)


def inputs():
    return keras.Input((3,), name="image"), keras.Input((2,), dtype="int32", name="age")


def of_dictionary():
    image, age = inputs()
    return keras.Model({"image": image, "age": age}, joined(image, age))


def of_dictionary_with_unnamed_inputs():
    image, age = keras.Input((3,)), keras.Input((2,), dtype="int32")
    return keras.Model({"image": image, "age": age}, joined(image, age))


def of_list():
    image, age = inputs()
    return keras.Model([image, age], joined(image, age))


def of_nested():
    image, age = inputs()
    return keras.Model({"seen": [image], "told": {"age": age}}, joined(image, age))


def of_one_in_a_dictionary():
    image, _ = inputs()
    return keras.Model({"image": image}, keras.layers.Dense(2)(image))


@keras.saving.register_keras_serializable("tests")
class Subclassed(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(2)

    def call(self, x):
        age = keras.ops.cast(x["age"], "float32") / 90.0
        return self.dense(keras.ops.concatenate([x["image"], age], axis=-1))


BOTH = {"image": IMAGE, "age": AGE}
PEERS = {
    "a dictionary": (of_dictionary, BOTH, {"image", "age"}),
    "a dictionary of unnamed inputs": (of_dictionary_with_unnamed_inputs, BOTH, {"image", "age"}),
    "a list": (of_list, [IMAGE, AGE], {"image", "age"}),
    "nested": (of_nested, {"seen": [IMAGE], "told": {"age": AGE}}, {"image", "age"}),
    "one in a dictionary": (of_one_in_a_dictionary, {"image": IMAGE}, {"image"}),
    "subclassed": (Subclassed, BOTH, {"image", "age"}),
}


@pytest.mark.filterwarnings("ignore:When providing `inputs` as a dict")
@pytest.mark.parametrize(("peer", "x", "names"), PEERS.values(), ids=PEERS)
def test_inputs_are_exported_in_their_structure_under_their_names(peer, x, names, tmp_path):
    keras.utils.set_random_seed(0)
    model = MutualDistiller(peer(), peer())
    model.compile("sgd")
    model.fit(x, Y, verbose=0)
    loaded, found = served(model, tmp_path / "export")
    expected = model.predict(x, verbose=0)
    assert found.keys() == names
    if peer is Subclassed:
        # Nothing is known of the dtypes of its inputs, but that of the network.
        x = {name: values.astype("float32") for name, values in x.items()}
    np.testing.assert_allclose(loaded.serve(x), expected, atol=1e-6)
    by_name = {"image": IMAGE, "age": AGE.astype(found["age"].dtype.name) if "age" in found else 0}
    answer = loaded.signatures["serving_default"](
        **{name: tf.constant(by_name[name]) for name in names}
    )
    np.testing.assert_allclose(next(iter(answer.values())), expected, atol=1e-6)


def test_inputs_in_a_dictionary_keep_their_names_in_onnx(tmp_path):
    pytest.importorskip("tf2onnx")
    onnx = pytest.importorskip("onnx")
    model = MutualDistiller(of_dictionary(), of_dictionary())
    model.export(str(tmp_path / "ensemble.onnx"), format="onnx", verbose=False)
    graph = onnx.load(str(tmp_path / "ensemble.onnx")).graph
    assert {tensor.name for tensor in graph.input} == {"image", "age"}
