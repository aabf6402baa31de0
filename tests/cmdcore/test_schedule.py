import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from tests import deviation
from tests.batches import EPS

epochs = st.integers(1, 200).flatmap(lambda gamma: st.tuples(st.integers(1, gamma), st.just(gamma)))
etas = st.floats(0.1, 10) | st.floats(-10, -0.1)
steepness = st.floats(-30, 30)


@given(epochs, etas, steepness, st.integers(2, 1000))
def test_threshold_follows_eq_12(clock, eta, b2, num_classes):
    t, gamma = clock
    chi = cmdcore.threshold(ops.cast(t, "float32") / gamma, eta, b2, num_classes)
    # The exponent b2 (t/Gamma - 1/2) is rounded once or twice; sigmoid' <= 1/4.
    tolerance = abs(math.log(num_classes) / eta) * EPS * (4 + abs(b2))
    deviation.check("chi", chi, eq.chi(t, gamma, eta, b2, num_classes), tolerance)


@given(epochs, steepness, st.floats(0, 1), st.floats(0, 1))
def test_global_trust_follows_eqs_5_and_6(clock, b1, r, rho):
    t, gamma = clock
    tolerance = EPS * (2 + abs(b1))
    by_time = cmdcore.trust_by_time(ops.cast(t, "float32") / gamma, b1)
    deviation.check("g(t)", by_time, eq.g_t(t, gamma, b1), tolerance)
    by_certainty = cmdcore.trust_by_certainty(ops.cast(r, "float32"), rho, b1)
    deviation.check("g(r)", by_certainty, eq.g_r(r, rho, b1), tolerance)


@given(etas, st.floats(-1e4, 1e4), st.integers(2, 100))
def test_threshold_is_h_u_over_eta_halfway_whatever_b2(eta, b2, num_classes):
    chi = cmdcore.threshold(ops.convert_to_tensor(0.5), eta, b2, num_classes)
    np.testing.assert_allclose(float(chi), math.log(num_classes) / eta, rtol=1e-6)


@pytest.mark.parametrize(("b2", "direction"), [(-5.0, -1), (5.0, 1)])
def test_sign_of_b2_gives_the_direction(b2, direction):
    progress = np.arange(1, 101, dtype=np.float32) / 100
    chi = ops.convert_to_numpy(cmdcore.threshold(progress, 2.0, b2, 10))
    assert (np.sign(np.diff(chi)) == direction).all()


@pytest.mark.parametrize("b2", [-1e4, 1e4])
def test_no_overflow_at_extreme_steepness(b2):
    progress = np.array([0.0, 0.25, 0.5, 0.75, 1.0], np.float32)
    chi = ops.convert_to_numpy(cmdcore.threshold(progress, 2.0, b2, 10))
    step = [0.0, 0.0, 1.0, 2.0, 2.0] if b2 > 0 else [2.0, 2.0, 1.0, 0.0, 0.0]
    np.testing.assert_allclose(chi, np.array(step) * math.log(10) / 2, rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize(
    ("eta", "b2", "match"),
    [
        (0.0, -5.0, "eta divides"),
        (math.nan, -5.0, "eta divides"),
        (2.0, math.inf, "b2 must be a finite number"),
    ],
)
def test_impossible_constants_are_refused(eta, b2, match):
    with pytest.raises(ValueError, match=match):
        cmdcore.threshold(ops.convert_to_tensor(0.5), eta, b2, 10)


def test_one_class_has_no_threshold():
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        cmdcore.threshold(ops.convert_to_tensor(0.5), 2.0, -5.0, 1)
