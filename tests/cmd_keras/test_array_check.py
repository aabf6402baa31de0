import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf

from cmd_keras.array_check import check_class_weight, check_inputs, check_labels
from tests.cmd_keras.peers import digits, distiller, weights

X, Y = digits(40)


def spoiled(value=np.nan, dtype="float32"):
    """Forty samples, of which 7 and 30 hold the value."""
    x = np.ones((40, 3), dtype)
    x[7, 2] = x[30, 0] = value
    return x


def jax_array(x):
    return pytest.importorskip("jax").numpy.asarray(x)


def jax_sparse(x):
    return pytest.importorskip("jax.experimental.sparse").BCOO.fromdense(jax_array(x))


def torch_tensor(x, **kwargs):
    return pytest.importorskip("torch").tensor(x, **kwargs)


def torch_bfloat16(x):
    return torch_tensor(x).to(pytest.importorskip("torch").bfloat16)


def masked(x):
    return np.ma.masked_array(np.ones_like(x), mask=~np.isfinite(x))


LIBRARIES = {
    "numpy": np.asarray,
    "float16": lambda x: x.astype("float16"),
    "float64": lambda x: x.astype("float64"),
    "images": lambda x: x.reshape(40, 3, 1, 1),
    "objects": lambda x: x.astype(object),
    "masked": masked,
    "a data frame": pd.DataFrame,
    "a data frame of two types": lambda x: pd.DataFrame(x).assign(whole=3),
    "a data frame of text and numbers": lambda x: pd.DataFrame(x).assign(text="a"),
    "a nullable data frame": lambda x: pd.DataFrame(x).astype("Float32"),
    "a series": lambda x: pd.Series(x.sum(axis=1)),
    "tensorflow": tf.constant,
    "a tensorflow variable": tf.Variable,
    "tensorflow, bfloat16": lambda x: tf.cast(x, tf.bfloat16),
    "tensorflow, sparse": tf.sparse.from_dense,
    "tensorflow, ragged": tf.RaggedTensor.from_tensor,
    "jax": jax_array,
    "jax, sparse": jax_sparse,
    "torch": torch_tensor,
    "torch, bfloat16": torch_bfloat16,
    "torch, with a gradient": lambda x: torch_tensor(x, requires_grad=True),
    "scipy, rows": scipy.sparse.csr_matrix,
    "scipy, columns": scipy.sparse.csc_matrix,
    "scipy, array": scipy.sparse.coo_array,
    "in a list": lambda x: [np.ones((40, 1)), x],
    "in a dictionary": lambda x: {"a": np.ones((40, 1)), "b": pd.DataFrame(x)},
    "in a dictionary of lists": lambda x: {"a": [np.ones((40, 1)), tf.constant(x)]},
}


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_found_in_arrays_of_every_library(library, value):
    with pytest.raises(ValueError, match=r"^2 of 40 .*NaN, infinity.*the first is sample 7"):
        check_inputs(library(spoiled(value)))


@pytest.mark.parametrize(
    "library",
    [
        make
        for name, make in LIBRARIES.items()
        if "text" not in name and "nullable" not in name and name != "objects"
    ],
)
def test_numbers_of_every_library_pass(library):
    check_inputs(library(spoiled(2.0)))


@pytest.mark.parametrize("missing", [None, pd.NA, np.nan])
def test_missing_values_of_pandas_are_found(missing):
    whole = pd.DataFrame({"a": pd.array([1, missing, 3], dtype="Int64"), "b": [1, 2, 3]})
    for x in (whole, whole["a"], whole.astype(object), whole.to_numpy(dtype=object)):
        with pytest.raises(ValueError, match=r"^1 of 3 .*the first is sample 1"):
            check_inputs(x)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (np.zeros((0, 3)), r"no samples.*\(0, 3\)"),
        (pd.DataFrame({"a": []}), r"no samples.*\(0, 1\)"),
        (pd.Series([], dtype=float), r"no samples.*\(0,\)"),
        (tf.zeros((0, 3)), r"no samples.*\(0, 3\)"),
        (scipy.sparse.csr_matrix((0, 3)), r"no samples.*\(0, 3\)"),
        ([], r"no samples: received \[\]"),
        ({}, r"no samples: received \{\}"),
        ({"a": np.ones((3, 1)), "b": np.ones((0, 1))}, r"no samples.*\(0, 1\)"),
        (np.zeros((5, 0)), r"hold no values.*\(5, 0\)"),
        (pd.DataFrame(index=range(5)), r"hold no values.*\(5, 0\)"),
        (np.zeros((5, 0, 3)), r"hold no values.*\(5, 0, 3\)"),
        (np.float32(3), "must be arrays"),
        ([[1.0, 2.0], [3.0, 4.0]], r"list that holds 1\.0.*numpy\.asarray"),
        (list(np.ones(3)), r"list that holds .*1\.0"),
        (["a", "b"], "list that holds 'a'"),
        (pd.DataFrame(spoiled(1.0)).astype("Float64"), r"dtype Float64.*astype\('float32'\)"),
        (pd.DataFrame({"a": [1.5], "b": [True]}), "dtype bool, float64"),
        (pd.DataFrame({"a": [1.5], "b": ["x"]}), "dtype (str|object), which"),
        (np.ones((3, 2), object), "dtype object"),
        (np.ones(3, [("a", "f4")]), "dtype .*'a'"),
        (pd.DataFrame({"a": [1.5], "b": pd.Timestamp("2020-01-01")}), r"dtype datetime64\[\w+\],"),
        (np.ones((3, 2)).astype(str), "dtype <U"),
    ],
)
def test_what_is_no_array_of_samples_is_refused(x, says):
    with pytest.raises(ValueError, match=says):
        check_inputs(x)


def test_texts_and_streams_are_left_to_keras():
    check_inputs(np.array([["a"], ["b"]], dtype=object))
    check_inputs(tf.constant([["a"], ["b"]]))
    check_inputs(tf.data.Dataset.from_tensors(np.nan))
    check_inputs(x for x in [np.nan])


@pytest.mark.parametrize(
    "weight",
    [
        np.where(np.arange(40) == 7, np.nan, 1.0),
        pd.Series(np.where(np.arange(40) == 7, np.inf, 1.0)),
        tf.constant(np.where(np.arange(40) == 7, np.nan, 1.0)),
        pd.Series([pd.NA if i == 7 else 1 for i in range(40)], dtype="Int64"),
    ],
)
def test_weights_that_are_no_numbers_are_found(weight):
    with pytest.raises(ValueError, match=r"1 of 40 .*weights contain NaN.*sample 7"):
        check_inputs(X, weight)


@pytest.mark.parametrize("weight", [np.ones((40, 10)), np.ones((40, 2, 1))])
def test_several_weights_a_sample_are_refused(weight):
    with pytest.raises(ValueError, match="must hold one number a sample"):
        check_inputs(X, weight)


@pytest.mark.parametrize(
    "weight", [np.full(40, -0.5), np.zeros((40, 1)), pd.Series(np.ones(40)), None]
)
def test_weights_may_be_negative_or_zero(weight):
    check_inputs(X, weight)


@pytest.mark.parametrize(
    "labels",
    [
        Y,
        Y[:, None],
        Y.astype("uint8"),
        Y.astype("float32"),
        pd.Series(Y),
        pd.Index(Y),
        pd.DataFrame({"y": Y}),
        pd.get_dummies(pd.Categorical(Y, categories=range(10))),
        tf.constant(Y),
        tf.one_hot(Y, 10),
        np.ma.masked_array(Y, mask=False),
    ],
)
def test_labels_of_every_library_pass(labels):
    check_labels(labels, 10)


def test_labels_of_other_backends_pass():
    check_labels(jax_array(Y), 10)
    check_labels(torch_tensor(Y), 10)


UNLABELLED = np.where(np.isin(np.arange(40), (7, 30)), np.nan, Y)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (UNLABELLED, "2 of 40 labels are missing.*first is label 7"),
        (UNLABELLED[:, None], "2 of 40 labels are missing.*first is label 7"),
        (pd.Series(UNLABELLED), "2 of 40 labels are missing.*first is label 7"),
        (pd.Series(UNLABELLED).astype("Int64"), "2 of 40 labels are missing.*first is label 7"),
        (pd.DataFrame({"y": UNLABELLED}).astype("Int64"), "2 of 40 labels are missing"),
        (pd.Series(UNLABELLED).astype(object), "2 of 40 labels are missing"),
        (pd.Series(["a", None, "b"]), "1 of 3 labels are missing.*first is label 1"),
        (tf.constant(UNLABELLED), "2 of 40 labels are missing.*first is label 7"),
        (np.ma.masked_array(Y, mask=np.isnan(UNLABELLED)), "2 of 40 labels are missing.*label 7"),
        (np.ma.masked_array(np.eye(10)[Y], mask=np.eye(10)[Y] * (Y == 3)[:, None]), "labels are missing"),
        (pd.Series(Y).astype("Int64"), r"dtype Int64.*astype\('int64'\)"),
        (pd.Series(Y).astype("category"), r"dtype category.*astype\('int64'\)"),
        (Y.astype(object), r"dtype object.*astype\('int64'\)"),
        (pd.Series(Y + 1), "out of range: label 9 is 10"),
        (tf.constant(Y - 1), "out of range: label 0 is -1"),
        (pd.Series(["cat"] * 40).astype("category"), "must be integers.*'cat'"),
        (Y.tolist(), r"one dense array, received list\. .*numpy\.asarray"),
        (list(Y), "one dense array, received list"),
        (tuple(Y), "one dense array, received tuple"),
        ({"y": Y}, "one dense array, received dict"),
        (range(40), "one dense array, received range"),
        (scipy.sparse.csr_matrix(np.eye(10)[Y]), r"one dense array, received csr_matrix\. .*toarray"),
        (np.array([]), "no labels"),
        (np.array([], dtype=str), "no labels"),
        (np.zeros((0, 10)), "no labels"),
        (pd.Series([], dtype=float), "no labels"),
        (np.int64(3), "no labels"),
        (np.eye(10)[Y].astype(str), r"dtype <U32.*astype\('float32'\)"),
        (np.full((40, 10), "a"), r"must be distributions of numbers, received <U1 such as"),
        (pd.DataFrame(np.eye(10)[Y]).replace(1.0, np.nan), "not distributions"),
    ],
)  # fmt: skip
def test_labels_that_are_none_are_named(labels, says):
    with pytest.raises(ValueError, match=says):
        check_labels(labels, 10)


@pytest.mark.parametrize(
    ("class_weight", "says"),
    [
        ({1: np.nan}, "finite numbers, and has nan for class 1"),
        ({1: np.inf}, "finite numbers"),
        ({1: None}, "finite numbers, and has None"),
        ({1: "2"}, "finite numbers, and has '2'"),
        ({"cat": 2.0}, r"a weight for 'cat', .* 0 … 9 apart"),
        ({"1": 2.0}, "a weight for '1'"),
        ({10: 2.0}, "a weight for 10"),
        ({-1: 2.0}, "a weight for -1"),
        (np.ones(10), r"received ndarray\. .*dict\(enumerate"),
        ([1.0] * 10, "received list"),
        ("balanced", "received str"),
    ],
)
def test_wrong_class_weights_are_named(class_weight, says):
    with pytest.raises(ValueError, match=says):
        check_class_weight(class_weight, 10)
    with pytest.raises(ValueError, match=says):
        distiller().fit(X, Y, class_weight=class_weight, verbose=0)


def test_class_weights_may_leave_out_classes():
    check_class_weight({0: 2.0, np.int64(3): np.float32(0.5), 9: -1}, 10)
    check_class_weight({12: 2.0}, None)


def test_arrays_are_looked_at_wherever_they_are_given():
    nan, model = np.full(40, np.nan), distiller()
    frame = pd.DataFrame(X).mask(pd.DataFrame(X) == X[7, 20])
    for call in (
        lambda: model.fit(frame, Y),
        lambda: model.fit(X, Y, 32, 1, 0, None, 0.0, (X, nan)),
        lambda: model.fit(X, Y, 32, 1, 0, None, 0.0, None, True, None, nan),
        lambda: model.fit(X, Y, 32, 1, 0, None, 0.0, None, True, {0: np.nan}),
        lambda: model.fit(X, Y, validation_data=(frame, Y)),
        lambda: model.fit(X, Y, validation_data=[X, Y, nan]),
        lambda: model.evaluate(X, Y, 32, 0, nan),
        lambda: model.evaluate(X, nan),
        lambda: model.evaluate(frame, Y),
    ):
        with pytest.raises(ValueError, match=r"NaN|missing|finite"):
            call()
    with pytest.raises(ValueError, match="Labels are missing"):
        model.fit(pd.DataFrame(X))
    with pytest.raises(ValueError, match="Labels are missing"):
        model.evaluate(tf.constant(X))


def test_data_frames_and_series_train_as_their_arrays_do():
    arrays, frames = distiller(), distiller()
    weight = np.linspace(0.5, 2.0, 40)
    arrays.fit(X, Y, sample_weight=weight, shuffle=False, verbose=0)
    frames.fit(
        pd.DataFrame(X), pd.Series(Y), sample_weight=pd.Series(weight), shuffle=False, verbose=0
    )
    np.testing.assert_array_equal(weights(frames), weights(arrays))
