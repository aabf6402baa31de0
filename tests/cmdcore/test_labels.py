import numpy as np
import pytest
from keras import ops

import cmdcore

SOFT = np.array([[0.2, 0.8, 0.0], [1.0, 0.0, 0.0]], np.float32)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([1, 0]),
        np.array([[1], [0]], np.int32),
        np.array([1.0, 0.0], np.float32),
        np.array([1, 0], np.uint8),
        np.array([True, False]),
        np.array([[True], [False]]),
        np.array([[0, 1, 0], [1, 0, 0]]),
    ],
    ids=["integers", "column", "float", "uint8", "booleans", "column of booleans", "one-hot"],
)
def test_every_form_of_a_hard_label_gives_the_same_distribution(labels):
    q = ops.convert_to_numpy(cmdcore.label_distribution(labels, 3))
    np.testing.assert_array_equal(q, [[0, 1, 0], [1, 0, 0]])
    assert q.dtype == np.float32


def test_soft_labels_pass_unchanged():
    np.testing.assert_array_equal(ops.convert_to_numpy(cmdcore.label_distribution(SOFT, 3)), SOFT)


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_out_of_range_is_nan_not_silence(label):
    q = ops.convert_to_numpy(cmdcore.label_distribution(np.array([label, 0]), 3))
    assert np.isnan(q[0]).all()
    np.testing.assert_array_equal(q[1], [1, 0, 0])


def test_a_type_that_keras_does_not_know_is_refused():
    with pytest.raises(ValueError, match="Invalid dtype: flot32"):
        cmdcore.label_distribution(np.array([1, 0]), 3, dtype="flot32")


@pytest.mark.parametrize("label", [np.nan, 1.7, -0.5, 3.0, np.inf])
def test_a_float_that_is_no_class_is_nan_as_well(label):
    q = ops.convert_to_numpy(cmdcore.label_distribution(np.array([label, 2.0], np.float32), 3))
    assert np.isnan(q[0]).all()
    np.testing.assert_array_equal(q[1], [0, 0, 1])
