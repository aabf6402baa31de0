"""T2S KD: values and gradients of both students are those of eq. 1, and the teacher's are 0."""

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
from tests.cmdcore.test_compared import MOMENT, exactly

epsilons = st.floats(0, 1)


@st.composite
def taught(draw):
    """`(q, z_a, z_b, z_t)`."""
    q, z_a, z_b = draw(batches())
    return q, z_a, z_b, draw(st.sampled_from([z_b[::-1].copy(), z_a * 0.5, z_a]))


def at(epsilon, q, z_a, z_b, z_t):
    log_p_a, log_p_b, log_p_t = map(cmdcore.log_probabilities, (z_a, z_b, z_t))
    return cmdcore.T2SKD(epsilon).losses_taught(q, log_p_a, log_p_b, MOMENT, log_p_t)


@given(taught(), epsilons)
def test_each_student_has_the_loss_of_eq_1(batch, epsilon):
    q, z_a, z_b, z_t = exactly(batch)
    losses = at(epsilon, *batch)
    for loss, z in ((losses.loss_a, z_a), (losses.loss_b, z_b)):
        tolerance = entropy_tolerance(z) + entropy_tolerance(z_t)
        deviation.check("L_T2SKD", loss, eq.L_T2SKD(q, z, z_t, epsilon), tolerance)
    right = ops.convert_to_numpy(losses.measured["teacher_accuracy"])
    # Of logits that are nearly equal their log-probabilities may be equal.
    log_p_t = ops.convert_to_numpy(cmdcore.log_probabilities(batch[3]))
    np.testing.assert_array_equal(right, log_p_t.argmax(axis=1) == q.argmax(axis=1))
    assert set(losses.measured) == set(cmdcore.T2SKD.measures)


@given(taught(), epsilons)
def test_gradients_are_those_by_hand_and_neither_the_teacher_nor_the_other_moves(batch, epsilon):
    q, *z = batch

    def total_a(z_a, z_b, z_t):
        return ops.sum(at(epsilon, q, z_a, z_b, z_t).loss_a)

    of_a, of_b, of_t = gradients(total_a, *z)
    exact_q, z_a, _, z_t = exactly(batch)
    tolerance = 4 * (entropy_tolerance(z_a) + entropy_tolerance(z_t))
    expected = analytic.d_L_T2SKD(exact_q, z_a, z_t, epsilon)
    deviation.check("dL_T2SKD", of_a, expected, tolerance)
    assert (of_b == 0).all()
    assert (of_t == 0).all()


@given(taught())
def test_without_a_teacher_it_is_cross_entropy_and_without_labels_the_teacher_alone(batch):
    q, z_a, _, z_t = exactly(batch)
    tolerance = entropy_tolerance(z_a) + entropy_tolerance(z_t)
    deviation.check("L_T2SKD, CE", at(0.0, *batch).loss_a, eq.cross_H(q, z_a), tolerance)
    deviation.check("L_T2SKD, KL", at(1.0, *batch).loss_a, eq.D_KL(z_t, z_a), tolerance)


def test_without_a_teacher_there_are_no_losses():
    log_p = ops.log(ops.convert_to_tensor([[0.5, 0.5]]))
    with pytest.raises(ValueError, match=r"T2SKD\(epsilon=0\.5\) learns from a teacher\. Ask"):
        cmdcore.T2SKD().losses(log_p, log_p, log_p, MOMENT)


def test_epsilon_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"epsilon must lie in \[0, 1\], received epsilon=1\.5"):
        cmdcore.T2SKD(epsilon=1.5)
