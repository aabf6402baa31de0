"""AsyncMKD: values and gradients are those of eq. 2, whoever's turn it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from reference import gradients as analytic
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.test_compared import exactly

epsilons, times = st.floats(0, 1), st.integers(1, 10)


def at(epsilon, t, q, z_a, z_b):
    moment = cmdcore.Moment(t=t, gamma=10, certainty_a=0.0, certainty_b=0.0)
    log_p = map(cmdcore.log_probabilities, (z_a, z_b))
    return cmdcore.AsyncMKD(epsilon).losses(q, *log_p, moment)


@given(batches(), epsilons, times)
def test_whose_turn_it_is_has_the_loss_of_eq_2_and_the_other_is_measured(batch, epsilon, t):
    q, z_a, z_b = exactly(batch)
    losses = at(epsilon, t, *batch)
    learns, rests = (losses.loss_a, losses.loss_b)[:: 1 if t % 2 else -1]
    tolerance = entropy_tolerance(z_a) + entropy_tolerance(z_b)
    deviation.check("L_AsyncMKD", learns, eq.L_AsyncMKD(q, z_a, z_b, epsilon, t), tolerance)
    deviation.check("L_AsyncMKD", rests, eq.L_AsyncMKD(q, z_a, z_b, epsilon, t + 1), tolerance)
    for name, odd in (("kept_a", 1), ("kept_b", 0)):
        wanted = np.full(len(q), float(t % 2 == odd))
        np.testing.assert_array_equal(ops.convert_to_numpy(losses.measured[name]), wanted)
    assert set(losses.measured) == set(cmdcore.AsyncMKD.measures)


@given(batches(), epsilons, times)
def test_the_gradient_is_that_of_eq_2_and_exactly_0_for_the_one_that_rests(batch, epsilon, t):
    q, z_a, z_b = batch

    def total(z_a, z_b):
        losses = at(epsilon, t, q, z_a, z_b)
        return ops.sum(losses.loss_a) + ops.sum(losses.loss_b)

    learns, rests = gradients(total, z_a, z_b)[:: 1 if t % 2 else -1]
    exact_q, *z = exactly(batch)
    expected = analytic.d_L_T2SKD(exact_q, *z[:: 1 if t % 2 else -1], epsilon)
    tolerance = 4 * (entropy_tolerance(z_a) + entropy_tolerance(z_b))
    deviation.check("dL_AsyncMKD", learns, expected, tolerance)
    assert (rests == 0).all()


@given(batches(), times)
def test_without_a_peer_it_is_cross_entropy(batch, t):
    q, z_a, z_b = exactly(batch)
    losses = at(0.0, t, *batch)
    for loss, z in ((losses.loss_a, z_a), (losses.loss_b, z_b)):
        deviation.check("L_AsyncMKD, CE", loss, eq.cross_H(q, z), entropy_tolerance(z))


@pytest.mark.parametrize("epsilon", [-0.1, 1.5, float("nan")])
def test_epsilon_out_of_range_is_refused(epsilon):
    with pytest.raises(ValueError, match=r"epsilon must lie in \[0, 1\], received epsilon="):
        cmdcore.AsyncMKD(epsilon)
