"""SyncMKD: values and gradients of both peers are those of eq. 3, each the other's constant."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from reference import gradients as analytic
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.test_compared import MOMENT, exactly

epsilons = st.floats(0, 1)


def at(epsilon, q, z_a, z_b):
    log_p_a, log_p_b = map(cmdcore.log_probabilities, (z_a, z_b))
    return cmdcore.SyncMKD(epsilon).losses(q, log_p_a, log_p_b, MOMENT)


@given(batches(), epsilons)
def test_each_peer_has_the_loss_of_eq_3_with_the_other_as_teacher(batch, epsilon):
    q, z_a, z_b = exactly(batch)
    losses = at(epsilon, *batch)
    tolerance = entropy_tolerance(z_a) + entropy_tolerance(z_b)
    for loss, own, other in ((losses.loss_a, z_a, z_b), (losses.loss_b, z_b, z_a)):
        deviation.check("L_SyncMKD", loss, eq.L_T2SKD(q, own, other, epsilon), tolerance)


@given(batches(), epsilons)
def test_gradients_are_those_by_hand(batch, epsilon):
    q, *z = batch

    def total(z_a, z_b):
        losses = at(epsilon, q, z_a, z_b)
        return ops.sum(losses.loss_a) + ops.sum(losses.loss_b)

    of_a, of_b = gradients(total, *z)
    q, z_a, z_b = exactly(batch)
    tolerance = 4 * (entropy_tolerance(z_a) + entropy_tolerance(z_b))
    # The other's prediction is a constant: of its own loss alone each peer has a gradient.
    expected = analytic.d_L_T2SKD(q, z_a, z_b, epsilon)
    deviation.check("dL_SyncMKD", of_a, expected, tolerance)
    expected = analytic.d_L_T2SKD(q, z_b, z_a, epsilon)
    deviation.check("dL_SyncMKD", of_b, expected, tolerance)


@given(batches())
def test_without_the_peer_it_is_cross_entropy(batch):
    q, z_a, z_b = batch
    losses = at(0.0, q, z_a, z_b)
    for loss, z in ((losses.loss_a, z_a), (losses.loss_b, z_b)):
        expected = cmdcore.cross_entropy(q, cmdcore.log_probabilities(z))
        np.testing.assert_array_equal(*map(ops.convert_to_numpy, (loss, expected)))
