"""CDR keeps the gradients of the most critical entries of all kernels together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import compared
from tests import deviation

shapes = st.lists(
    st.sampled_from([(3, 4), (5, 2), (2, 2, 3, 2), (4,), (1, 6), (7,)]), min_size=1, max_size=5
)


@st.composite
def steps(draw):
    """Weights and gradients of one peer, of other sizes from kernel to kernel; rate, progress."""
    drawn, rng = draw(shapes), np.random.default_rng(draw(st.integers(0, 2**31)))
    scales = [10.0 ** draw(st.integers(-3, 3)) for _ in drawn]
    weights = [rng.normal(size=shape).astype(np.float32) for shape in drawn]
    found = [
        (rng.normal(size=w.shape) * s).astype(np.float32)
        for w, s in zip(weights, scales, strict=True)
    ]
    return weights, found, draw(st.floats(0, 0.99)), draw(st.integers(1, 10))


@given(steps())
def test_gradients_are_edited_as_algorithm_1_says(step):
    weights, gradients, rate, t = step
    moment = cmdcore.Moment(t=t, gamma=10, certainty_a=0.0, certainty_b=0.0)
    edited = cmdcore.CDR(rate=rate, warmup=0.5).edited(
        [*map(ops.convert_to_tensor, gradients)], [*map(ops.convert_to_tensor, weights)], moment
    )
    R = float(np.float32(rate) * min(np.float32(1.0), np.float32(t / 10) / np.float32(0.5)))
    if any(w.ndim > 1 for w in weights):
        expected = compared.edited_CDR(gradients, weights, R)
    else:
        expected = gradients
    for found, wanted in zip(edited, expected, strict=True):
        scale = max(float(np.abs(wanted).max()), 1e-30)
        deviation.check("edited, CDR", ops.convert_to_numpy(found) / scale, wanted / scale, 1e-5)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_a_kernel_in_which_nothing_is_critical_does_not_learn(scale):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(4, 4)).astype(np.float32) for _ in range(2)]
    gradients = [np.sign(w) * (1.0 + rng.random(w.shape)).astype(np.float32) for w in weights]
    gradients[0] = gradients[0] * np.float32(scale)
    end = cmdcore.Moment(t=1, gamma=1, certainty_a=0.0, certainty_b=0.0)
    edited = cmdcore.CDR(rate=0.75).edited(
        [*map(ops.convert_to_tensor, gradients)], [*map(ops.convert_to_tensor, weights)], end
    )
    learns = [int((ops.convert_to_numpy(gradient) != 0).sum()) for gradient in edited]
    assert sum(learns) == 8, "a quarter of 32"
    assert max(learns) >= 7


def test_of_many_entries_all_are_kept_where_no_label_is_wrong():
    """In float32 a share of a million is found by a factor that makes more of them than there are."""
    kernel = ops.ones((1100, 1000))
    gradient = ops.reshape(ops.arange(1, 1_100_001, dtype="float32"), kernel.shape)
    end = cmdcore.Moment(t=1, gamma=1, certainty_a=0.0, certainty_b=0.0)
    (edited,) = cmdcore.CDR(rate=0.0).edited([gradient], [kernel], end)
    np.testing.assert_array_equal(*map(ops.convert_to_numpy, (edited, gradient)))
    (by_hand,) = compared.edited_CDR([np.array([[1.0, 2.0]])], [np.ones((1, 2))], 0.0)
    assert by_hand.tolist() == [[1.0, 2.0]]
