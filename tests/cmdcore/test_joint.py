"""Joint: the loss of labels and weights together, and what the labels become."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from cmdcore.methods.phase import current, first_epochs
from reference import compared
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.test_compared import exactly, tolerance

weights = st.floats(0, 3)


def at(method, q, z_a, z_b, rows, t=20, phase=0):
    moment = cmdcore.Moment(20 if t is None else t, 20, 0.0, 0.0, phase)
    log_p = map(cmdcore.log_probabilities, (z_a, z_b))
    return method.losses_and_rows(q, *log_p, moment, ops.convert_to_tensor(rows))


@st.composite
def said(draw):
    """A batch, and what A and B have said of it before; of some nothing."""
    q, z_a, z_b = draw(batches())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = rng.dirichlet(np.ones(q.shape[1]), (len(q), 2)) * rng.integers(0, 3, (len(q), 2, 1)) / 4
    return (q, z_a, z_b), rows.astype(np.float32)


def labels_of(q, mean):
    sums = mean.astype(np.float64).sum(axis=-1, keepdims=True)
    return np.where(sums > 0, mean / np.where(sums > 0, sums, 1.0), q)


@given(said(), weights, weights, st.integers(1, 20))
def test_the_first_training_is_that_of_the_reference(drawn, alpha, beta, t):
    (q, z_a, z_b), rows = drawn
    method = cmdcore.Joint(alpha, beta, target_momentum=0.5, update_from=0.3)
    found, new = at(method, q, z_a, z_b, rows, t)
    assert set(found.measured) == set(cmdcore.Joint.measures)
    for place, (loss, z) in enumerate(((found.loss_a, z_a), (found.loss_b, z_b))):
        (q64, z64) = exactly((q, z))
        s = q64 if t <= 6 else labels_of(q64, rows[:, place])
        expected = compared.L_Joint(s, z64, alpha, beta)
        # Of classes that hardly anything of a batch is said to be of, float32 knows the share badly.
        if np.exp(eq.log_p(z64)).mean(axis=0).min() > 1e-5:
            allowed = tolerance(1 + np.abs(expected), z) * (1 + alpha + beta)
            deviation.check("L_Joint", loss, expected, allowed)
        wanted = 0.5 * rows[:, place] + 0.5 * np.exp(eq.log_p(z64))
        deviation.check("means of Joint", ops.convert_to_numpy(new)[:, place], wanted, 1e-5)


@given(said())
def test_the_second_training_learns_the_labels_alone_and_leaves_them(drawn):
    (q, z_a, z_b), rows = drawn
    found, new = at(cmdcore.Joint(), q, z_a, z_b, rows, phase=1)
    (q64, z64) = exactly((q, z_a))
    s = labels_of(q64, rows[:, 0])
    expected = eq.cross_H(s, z64)
    deviation.check("L_Joint, second", found.loss_a, expected, tolerance(1 + expected, z_a))
    np.testing.assert_array_equal(ops.convert_to_numpy(new), rows)
    other = s.argmax(axis=1) != q64.argmax(axis=1)
    clear = np.sort(s, axis=1)[:, -1] - np.sort(s, axis=1)[:, -2] > 1e-4
    measured = ops.convert_to_numpy(found.measured["relabelled_a"])
    assert (measured == other)[clear].all()


@given(said(), weights, weights)
def test_gradients_are_those_by_hand_and_do_not_move_the_other_peer(drawn, alpha, beta):
    (q, z_a, z_b), rows = drawn
    method = cmdcore.Joint(alpha, beta)

    def total_a(z_a, z_b):
        losses, new = at(method, q, z_a, z_b, rows)
        return ops.sum(losses.loss_a) + ops.sum(new)

    of_a, of_b = gradients(total_a, z_a, z_b)
    (q64, z64) = exactly((q, z_a))
    expected = compared.d_L_Joint(labels_of(q64, rows[:, 0]), z64, alpha, beta)
    p = np.exp(eq.log_p(z64))
    # What is lost of p is divided by the share of its class, which may be small.
    worst = 1 + alpha / z64.shape[1] * (p / p.mean(axis=0)).max() + beta
    if p.mean(axis=0).min() > 1e-5:
        deviation.check("dL_Joint", of_a, expected, 8 * worst * entropy_tolerance(z_a))
    assert (of_b == 0).all()


@given(batches())
def test_without_weights_and_with_given_labels_it_is_cross_entropy(batch):
    q, z_a, z_b = batch
    method = cmdcore.Joint(0.0, 0.0, update_from=0.625)
    found, _ = at(method, q, z_a, z_b, np.zeros((len(q), 2, q.shape[1]), np.float32), t=1)
    expected = eq.cross_H(*exactly((q, z_b)))
    deviation.check("Joint as CE", found.loss_b, expected, tolerance(1 + expected, z_b))


def test_a_label_out_of_range_is_not_replaced_by_what_was_said():
    q, z = np.full((1, 2), np.nan, np.float32), np.zeros((1, 2), np.float32)
    for phase in (0, 1):
        losses, _ = at(cmdcore.Joint(), q, z, z, np.full((1, 2, 2), 0.25, np.float32), phase=phase)
        assert np.isnan(ops.convert_to_numpy(losses.loss_a)).all()


def test_phases_begin_where_their_share_of_the_epochs_is_done():
    phases = cmdcore.Joint(retrain_from=0.6).phases()
    assert first_epochs(phases, 5) == [0, 3]
    assert [current(phases, epoch, 5) for epoch in range(5)] == [0, 0, 0, 1, 1]
    assert [phase.fresh for phase in phases] == [False, True]
    # A run of one epoch never comes to the second.
    assert current(cmdcore.Joint().phases(), 0, 1) == 0


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.Joint(alpha=-1.0), "alpha must be"),
        (lambda: cmdcore.Joint(beta=float("nan")), "beta must be"),
        (lambda: cmdcore.Joint(target_momentum=1.0), r"target_momentum must lie in \[0, 1\)"),
        (lambda: cmdcore.Joint(update_from=2.0), r"update_from must lie in \[0, 1\]"),
        (lambda: cmdcore.Joint(retrain_from=2.0), r"retrain_from must lie in \[0, 1\]"),
        (lambda: cmdcore.Joint(update_from=0.7), "update_from must not be above retrain_from"),
    ],
)
def test_constants_out_of_range_are_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()
