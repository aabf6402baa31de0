"""ELR: its targets, values and gradients are those of the reference, one step and several."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import compared
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance, logits
from tests.cmdcore.test_compared import MOMENT, exactly, tolerance

lams, betas = st.floats(0, 10), st.floats(0, 1)


@st.composite
def remembered(draw, q, beta):
    """Targets of A and of B, float32 `[batch, 2, num_classes]`, after no step or some."""
    t = np.zeros((len(q), 2, q.shape[1]))
    for _ in range(draw(st.integers(0, 2))):
        for peer in (0, 1):
            t[:, peer] = compared.t_ELR(t[:, peer], draw(logits(*q.shape)), beta)
    return t.astype(np.float32)


def at(method, q, z_a, z_b, rows):
    return method.losses_and_rows(
        q, *map(cmdcore.log_probabilities, (z_a, z_b)), MOMENT, ops.convert_to_tensor(rows)
    )


@given(st.data(), batches(), lams, betas)
def test_each_peer_has_its_own_target_and_the_loss_of_the_paper(data, batch, lam, beta):
    q, z_a, z_b = batch
    rows = data.draw(remembered(q, beta))
    losses, new = at(cmdcore.ELR(lam, beta), *batch, rows)
    new = ops.convert_to_numpy(new)
    for peer, (z, found) in enumerate(((z_a, losses.loss_a), (z_b, losses.loss_b))):
        exact_q, exact_z, t = exactly((q, z, rows[:, peer]))
        t = compared.t_ELR(t, exact_z, beta)
        deviation.check("t_ELR", new[:, peer], t, entropy_tolerance(z))
        expected = compared.L_ELR(exact_q, exact_z, t, lam)
        allowed = tolerance(expected, z) + lam * entropy_tolerance(z) / away(t, exact_z)
        deviation.check("L_ELR", found, expected, allowed)
    assert set(losses.measured) == set(cmdcore.ELR.measures)


@given(st.data(), batches(), lams, betas)
def test_gradients_hold_targets_constant_and_do_not_move_the_other_peer(data, batch, lam, beta):
    q, z_a, z_b = batch
    p = np.exp(eq.log_p(z_a.astype(float)))
    # Float32 cannot tell on which side of where probabilities begin to be held they lie.
    assume(min(np.abs(p - 1e-4).min(), np.abs(1 - 1e-4 - p).min()) > 1e-5)
    rows = data.draw(remembered(q, beta))

    def total_a(z_a, z_b):
        return ops.sum(at(cmdcore.ELR(lam, beta), q, z_a, z_b, rows)[0].loss_a)

    of_a, of_b = gradients(total_a, z_a, z_b)
    exact_q, exact_z, t = exactly((q, z_a, rows[:, 0]))
    t = compared.t_ELR(t, exact_z, beta)
    expected = compared.d_L_ELR(exact_q, exact_z, t, lam)
    allowed = 4 * entropy_tolerance(z_a) * (1.0 + lam / away(t, exact_z)[:, None])
    deviation.check("dL_ELR", of_a, expected, allowed)
    assert (of_b == 0).all()


def away(t, z):
    """1 - <t, p>, in which float32 misses what it misses of 1."""
    return 1.0 - (t * compared.held(np.exp(eq.log_p(z)))).sum(axis=-1)


def test_no_gradient_flows_out_of_what_is_remembered():
    q, z = np.eye(3, dtype=np.float32), np.array([[1.0, 2.0, 0.0]] * 3, np.float32)

    def total(z, rows):
        losses, new = at(cmdcore.ELR(), q, z, z, rows)
        return ops.sum(new) + 0.0 * ops.sum(losses.loss_a)

    assert (gradients(total, z, np.zeros((3, 2, 3)))[0] == 0).all()


def test_a_label_that_contradicts_the_target_moves_less():
    """The second term points away from the wrong label, by as much as the target is sure."""
    q, z = np.array([[1.0, 0.0, 0.0]], np.float32), np.array([[0.0, 2.0, 0.0]], np.float32)
    sure = np.array([[[0.0, 1.0, 0.0]] * 2], np.float32)

    def of(lam):
        return gradients(lambda z: ops.sum(at(cmdcore.ELR(lam), q, z, z, sure)[0].loss_a), z)[0]

    assert of(0.0)[0, 0] < of(1.0)[0, 0] < 0.0
    assert of(0.0)[0, 1] > 0.0 > of(7.0)[0, 1]
