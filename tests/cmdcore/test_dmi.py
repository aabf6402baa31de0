"""DMI: the mean over a batch is -log|det U|, with its gradient, or nothing where U is singular."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import compared
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import EPS, entropy_tolerance
from tests.cmdcore.test_compared import exactly

METHOD = cmdcore.DMI(warmup=0.5, weight=1.0)
LATE = cmdcore.Moment(t=2, gamma=2, certainty_a=0.0, certainty_b=0.0)


def at(method, q, z_a, z_b, moment=LATE):
    return method.losses(q, *map(cmdcore.log_probabilities, (z_a, z_b)), moment)


def numpy(x):
    return ops.convert_to_numpy(x)


def condition(q, z):
    """That of U with rows and columns of sum 1, nearly: of what float32 has to invert."""
    u = compared.U_DMI(q, z)
    u = u / u.sum(axis=1, keepdims=True)
    return np.linalg.cond(u / u.sum(axis=0))


@st.composite
def regular_batches(draw, most=100.0):
    """`(q, z_a, z_b)`, float32, of which U can be inverted."""
    n, num_classes = draw(st.sampled_from([5, 12])), draw(st.sampled_from([2, 5]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    q = np.eye(num_classes)[rng.permutation(np.arange(n) % num_classes)]
    if draw(st.booleans()):
        q = 0.75 * q + 0.25 * rng.dirichlet(np.ones(num_classes), n)
    logits = draw(st.sampled_from([1.0, 6.0])) * rng.normal(size=(2, n, num_classes))
    q, (z_a, z_b) = q.astype(np.float32), logits.astype(np.float32)
    assume(max(condition(*exactly((q, z))) for z in (z_a, z_b)) < most)
    return q, z_a, z_b


@given(regular_batches(), st.floats(0, 2))
def test_the_mean_is_that_of_the_paper(batch, weight):
    q, z_a, z_b = batch
    found = at(cmdcore.DMI(0.5, weight), *batch)
    assert set(found.measured) == set(METHOD.measures)
    for peer, loss, z in (("a", found.loss_a, z_a), ("b", found.loss_b, z_b)):
        expected = np.full(len(z), weight * compared.L_DMI(*exactly((q, z))))
        allowed = 2 * q.shape[1] * (1 + np.abs(expected).max() + condition(*exactly((q, z))))
        deviation.check("L_DMI", loss, expected, allowed * entropy_tolerance(z))
        assert (numpy(found.measured[f"regular_{peer}"]) == 1).all()


@given(regular_batches(), st.floats(0, 2))
def test_the_gradient_is_that_by_hand_and_does_not_move_the_other_peer(batch, weight):
    q, z_a, z_b = batch

    def mean_a(z_a, z_b):
        return ops.mean(at(cmdcore.DMI(0.5, weight), q, z_a, z_b).loss_a)

    of_a, of_b = gradients(mean_a, z_a, z_b)
    exact_q, exact_z = exactly((q, z_a))
    expected = weight * compared.d_L_DMI(exact_q, exact_z)
    # What an inverse misses grows with its condition.
    relative = 8 * condition(exact_q, exact_z) * entropy_tolerance(z_a)
    deviation.check("dL_DMI", of_a, expected, relative * (EPS + np.abs(expected).max()))
    assert (of_b == 0).all()


@given(regular_batches())
def test_an_examples_loss_has_a_gradient_for_itself_only(batch):
    q, z_a, z_b = batch

    def of_the_second(z_a):
        return at(METHOD, q, z_a, z_b).loss_a[1]

    found = gradients(of_the_second, z_a)[0]
    assert np.abs(found[1]).max() > 0
    assert (np.delete(found, 1, axis=0) == 0).all()


@given(regular_batches(most=20.0))
def test_labels_that_go_wrong_whatever_the_input_leave_the_gradient(batch):
    q, z_a, z_b = batch
    wrong = (q @ (0.6 * np.eye(q.shape[1]) + 0.4 / q.shape[1])).astype(np.float32)

    def gradient(labels):
        return gradients(lambda z: ops.mean(at(METHOD, labels, z, z_b).loss_a), z_a)[0]

    right = gradient(q)
    np.testing.assert_allclose(gradient(wrong), right, atol=1e-3 * np.abs(right).max())


Q = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
Z = np.array([[2.0, 0.0, 0.5], [0.0, 3.0, -1.0], [0.2, 0.0, 1.0], [4.0, 0.0, 0.3]], np.float32)


@pytest.mark.parametrize(
    ("q", "z"),
    [
        (Q[[0, 1, 0, 1]], Z),  # a class is missing
        (Q[:2], Z[:2]),  # fewer examples than classes
        (Q, np.ones_like(Z)),  # the same prediction for all
        (Q, 1e4 * Z[:, [0, 0, 0]] * [1, -1, -1]),  # two classes that are never predicted
        (Q, Z - np.array([0, 0, 200], np.float32)),  # one that nearly never is
        (Q, np.full_like(Z, 1e30) * [1, -1, -1]),  # the same, as sure as can be
    ],
    ids=["missing", "few", "constant", "never", "hardly", "extreme"],
)
def test_a_batch_whose_u_is_singular_teaches_nothing(q, z):
    z = z.astype(np.float32)
    found = at(METHOD, q, z, z)
    assert (numpy(found.loss_a) == 0).all()
    assert (numpy(found.measured["regular_a"]) == 0).all()

    def total(z):
        return ops.sum(at(METHOD, q, z, z).loss_a)

    assert (gradients(total, z)[0] == 0).all()


def test_classes_that_are_hardly_predicted_do_not_make_u_singular():
    z = Z - np.array([0, 0, 30], np.float32)
    found = at(METHOD, Q, z, z)
    assert (numpy(found.measured["regular_a"]) == 1).all()
    np.testing.assert_allclose(numpy(found.loss_a), compared.L_DMI(*exactly((Q, z))), rtol=1e-4)


@pytest.mark.parametrize(("t", "begins"), [(1, True), (5, True), (6, False), (10, False)])
def test_it_begins_with_cross_entropy(t, begins):
    moment = cmdcore.Moment(t=t, gamma=10, certainty_a=0.0, certainty_b=0.0)
    found = numpy(at(cmdcore.DMI(0.5, 2.0), Q, Z, Z, moment).loss_a)
    late = np.full(4, 2.0 * compared.L_DMI(*exactly((Q, Z))))
    expected = eq.cross_H(Q, Z) if begins else late
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_label_out_of_range_is_not_left_out():
    q = Q.copy()
    q[1] = np.nan
    losses = at(METHOD, q, Z, Z)
    assert np.isnan(numpy(losses.loss_a)).all()


def test_a_replica_may_have_no_example():
    assert numpy(at(METHOD, Q[:0], Z[:0], Z[:0]).loss_a).shape == (0,)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.DMI(warmup=0.0), r"warmup must lie in \(0, 1\], received warmup=0.0"),
        (lambda: cmdcore.DMI(weight=-1.0), "weight must be at least 0 and finite"),
        (
            lambda: cmdcore.DMI().check_batch_size(9, 10),
            r"each of the 10 classes for DMI\(.*\), and where it is learned from holds 9 examples",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()


def test_a_batch_may_hold_each_class_once():
    cmdcore.DMI().check_batch_size(10, 10)
