"""T-Revision: weights by a matrix, how it is estimated, and how it is learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from cmdcore.methods.phase import current, first_epochs
from cmdcore.methods.reweighting import estimated, importance
from reference import equations as eq
from reference import revising
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.test_compared import exactly, tolerance

METHOD = cmdcore.TRevision(revision_rate=0.1)


def at(method, q, z_a, z_b, rows, matrices, phase):
    moment = cmdcore.Moment(20, 20, 0.0, 0.0, phase)
    log_p = map(cmdcore.log_probabilities, (z_a, z_b))
    told = map(ops.convert_to_tensor, (rows, matrices))
    return method.losses_rows_and_matrices(q, *log_p, moment, *told)


def matrices_of(T, dT):
    """What a method is given before Adam's first step, from `[2, C, C]` each."""
    return np.concatenate(
        [T[:, None], dT[:, None], np.zeros((2, 3, *T.shape[1:]))], axis=1, dtype=np.float32
    )


@st.composite
def known(draw):
    """A batch, what was said of it, and T and dT of both peers."""
    q, z_a, z_b = draw(batches())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    C = q.shape[1]
    T = rng.dirichlet(np.full(C, 0.5), (2, C))
    dT = rng.uniform(0, 0.2, (2, C, C)) * rng.integers(0, 2)
    rows = rng.dirichlet(np.ones(C), (len(q), 2)).astype(np.float32)
    return (q, z_a, z_b), rows, matrices_of(T, dT)


def of_peer(matrices, place):
    return matrices[place, :2].astype(np.float64).sum(axis=0)


def clear(z, M):
    """Whether no weight is near to where it is held."""
    p = np.exp(eq.log_p(z))
    return (np.abs(p @ M / p * revising.MOST - 1.0) > 0.01).all()


def room(z, M):
    """How much larger than those of cross entropy the errors of float32 may be.

    Those of log p are in beta twice, and 1 / M_jj is the most that it is.
    """
    return 4 * max(1.0, revising.beta(z, M).max())


@given(known(), st.sampled_from([1, 2]))
def test_losses_are_those_of_the_reference(drawn, phase):
    (q, z_a, z_b), rows, matrices = drawn
    found, said, later = at(METHOD, q, z_a, z_b, rows, matrices, phase)
    assert set(found.measured) == set(cmdcore.TRevision.measures)
    np.testing.assert_array_equal(ops.convert_to_numpy(said), rows)
    for place, (peer, loss, z) in enumerate((("a", found.loss_a, z_a), ("b", found.loss_b, z_b))):
        M, (q64, z64) = of_peer(matrices, place), exactly((q, z))
        expected = revising.L_revision(q64, z64, M)
        allowed = tolerance(1 + eq.cross_H(q64, z64), z) * room(z64, M)
        deviation.check("L_revision", loss, expected, allowed)
        wanted = (q64 * revising.beta(z64, M)).sum(axis=-1)
        beta = found.measured[f"weight_{peer}"]
        deviation.check("beta of T-Revision", beta, wanted, allowed)
    if phase == 1:
        np.testing.assert_array_equal(ops.convert_to_numpy(later), matrices)


@given(known())
def test_the_first_phase_is_cross_entropy_and_remembers_what_was_said(drawn):
    (q, z_a, z_b), rows, matrices = drawn
    found, said, later = at(METHOD, q, z_a, z_b, rows, matrices, 0)
    expected = eq.cross_H(*exactly((q, z_b)))
    deviation.check("T-Revision as CE", found.loss_b, expected, tolerance(1 + expected, z_b))
    for place, z in enumerate((z_a, z_b)):
        wanted = np.exp(eq.log_p(exactly((z,))[0]))
        deviation.check("p of T-Revision", ops.convert_to_numpy(said)[:, place], wanted, 1e-5)
    np.testing.assert_array_equal(ops.convert_to_numpy(later), matrices)
    np.testing.assert_allclose(ops.convert_to_numpy(found.measured["weight_a"]), 1, rtol=1e-6)

    def total_b(z_a, z_b):
        return ops.sum(at(METHOD, q, z_a, z_b, rows, matrices, 0)[0].loss_b)

    of_a, of_b = gradients(total_b, z_a, z_b)
    (q64, z64) = exactly((q, z_b))
    deviation.check("dCE", of_b, np.exp(eq.log_p(z64)) - q64, entropy_tolerance(z_b))
    assert (of_a == 0).all()


@given(known(), st.sampled_from([1, 2]))
def test_gradients_are_those_by_hand_and_do_not_move_the_other_peer(drawn, phase):
    (q, z_a, z_b), rows, matrices = drawn

    def total_a(z_a, z_b):
        losses, said, later = at(METHOD, q, z_a, z_b, rows, matrices, phase)
        return ops.sum(losses.loss_a) + ops.sum(said) + ops.sum(later)

    of_a, of_b = gradients(total_a, z_a, z_b)
    M, (q64, z64) = of_peer(matrices, 0), exactly((q, z_a))
    if clear(z64, M):
        expected = revising.d_L_revision(q64, z64, M, is_learned=phase == 2)
        largest = 1 + eq.cross_H(q64, z64).max()
        allowed = 8 * largest * room(z64, M) * entropy_tolerance(z_a)
        deviation.check("dL_revision", of_a, expected, allowed)
    assert (of_b == 0).all()


@given(known())
def test_the_gradient_of_the_matrix_is_that_by_hand_and_by_the_backend(drawn):
    (q, z_a, z_b), rows, matrices = drawn
    _, _, later = at(METHOD, q, z_a, z_b, rows, matrices, 2)
    later = ops.convert_to_numpy(later)

    def mean_loss(matrices):
        losses, _, _ = at(METHOD, q, z_a, z_b, rows, matrices, 2)
        return ops.mean(losses.loss_a) + ops.mean(losses.loss_b)

    (by_backend,) = gradients(mean_loss, matrices)
    for place, z in enumerate((z_a, z_b)):
        M, (q64, z64) = of_peer(matrices, place), exactly((q, z))
        if not clear(z64, M):
            continue
        expected = revising.d_M(q64, z64, M)
        # p_i / (M' p)_j may be large, and has the errors of its logarithm.
        allowed = 8 * (entropy_tolerance(z) * (1 + np.abs(expected).max()) * room(z64, M))
        # The first of Adam's means has a tenth of the only gradient.
        deviation.check("dL/dT", later[place, 2] / 0.1, expected, allowed)
        deviation.check("dL/dT, by the backend", by_backend[place, 1], expected, allowed)
        np.testing.assert_array_equal(later[place, 0], matrices[place, 0])


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_steps_are_those_of_adam(seed, count):
    rng = np.random.default_rng(seed)
    adam, matrices = revising.Adam((3, 3), 0.1), ops.zeros((5, 3, 3))
    for _ in range(count):
        g = rng.normal(size=(3, 3)).astype(np.float32) * 10.0 ** rng.integers(-4, 3)
        adam.step(g.astype(np.float64))
        matrices = METHOD.revised(matrices, ops.convert_to_tensor(g, "float32"))
    found = ops.convert_to_numpy(matrices)
    deviation.check("dT by Adam", found[1], adam.value, 1e-5 * count)
    assert (found[4] == count).all()


@given(known())
def test_the_matrix_is_what_is_said_of_those_that_are_most_surely_of_a_class(drawn):
    _, rows, matrices = drawn
    found = ops.convert_to_numpy(METHOD.matrices_at(1, rows, ops.convert_to_tensor(matrices)))
    for place in (0, 1):
        wanted = revising.T_of(rows[:, place].astype(np.float64))
        deviation.check("T of T-Revision", found[place, 0], wanted, 1e-6)
    # What was learned of another T is forgotten.
    assert (found[:, 1:] == 0).all()
    stays = METHOD.matrices_at(2, rows, ops.convert_to_tensor(matrices))
    np.testing.assert_array_equal(ops.convert_to_numpy(stays), matrices)


def test_of_a_class_of_which_nothing_was_said_nothing_is_estimated():
    p = np.array([[0, 0, 0], [0.5, 0.5, 0], [0, 0.25, 0]], np.float32)
    found = ops.convert_to_numpy(estimated(ops.convert_to_tensor(p)))
    np.testing.assert_array_equal(found, [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]])
    nothing = ops.convert_to_numpy(estimated(ops.zeros((4, 3))))
    np.testing.assert_array_equal(nothing, np.eye(3))


@given(batches(), st.sampled_from([1, 2]))
def test_with_labels_that_are_right_it_is_cross_entropy(batch, phase):
    q, z_a, z_b = batch
    C = q.shape[1]
    matrices = matrices_of(np.array([np.eye(C)] * 2), np.zeros((2, C, C)))
    rows = np.zeros((len(q), 2, C), np.float32)
    found, _, _ = at(METHOD, q, z_a, z_b, rows, matrices, phase)
    expected = eq.cross_H(*exactly((q, z_b)))
    deviation.check("T-Revision with I", found.loss_b, expected, tolerance(1 + expected, z_b))
    np.testing.assert_allclose(ops.convert_to_numpy(found.measured["weight_b"]), 1, rtol=1e-6)


@pytest.mark.parametrize("phase", [0, 1, 2])
def test_a_label_out_of_range_is_noticed(phase):
    q, z = np.full((1, 2), np.nan, np.float32), np.zeros((1, 2), np.float32)
    matrices = matrices_of(np.array([np.eye(2)] * 2), np.zeros((2, 2, 2)))
    losses, _, _ = at(METHOD, q, z, z, np.zeros((1, 2, 2), np.float32), matrices, phase)
    assert np.isnan(ops.convert_to_numpy(losses.loss_a)).all()


WORST = {
    "identity": np.eye(3),
    "nobody is said to be of class 1": np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]]),
    "below 0": np.array([[1, -2, 0.5], [0.5, -0.5, 0], [-0.1, 0.2, 1]]),
    "nothing": np.zeros((3, 3)),
}


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize("M", list(WORST.values()), ids=list(WORST))
def test_whatever_the_matrix_weights_are_held_and_gradients_finite(M, phase):
    z = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [0, 0, 0], [90, 0, -90]], np.float32)
    q = np.eye(3, dtype=np.float32)[[1, 0, 1, 2]]
    matrices = matrices_of(np.array([np.eye(3)] * 2), np.array([M - np.eye(3)] * 2))
    rows = np.zeros((4, 2, 3), np.float32)

    def total(z_a, z_b):
        return ops.sum(at(METHOD, q, z_a, z_b, rows, matrices, phase)[0].loss_a)

    losses, _, later = at(METHOD, q, z, z, rows, matrices, phase)
    everything = (losses.loss_a, later, losses.measured["weight_a"])
    assert all(np.isfinite(ops.convert_to_numpy(x)).all() for x in everything)
    assert all(np.isfinite(g).all() for g in gradients(total, z, z))
    matrix = ops.convert_to_tensor(matrices[0, :2].sum(axis=0))
    beta = ops.convert_to_numpy(importance(cmdcore.log_probabilities(z), matrix))
    assert ((beta >= 0) & (beta <= 1000.001)).all()
    moderate = z[2:3].astype(np.float64)
    wanted = revising.beta(moderate, M.astype(np.float64))
    np.testing.assert_allclose(beta[2:3], wanted, rtol=1e-4)


def test_the_learning_rate_is_small_where_the_matrix_is_learned():
    phases = cmdcore.TRevision(estimate_from=0.2, revise_from=0.6).phases()
    assert first_epochs(phases, 10) == [0, 2, 6]
    assert [current(phases, epoch, 10) for epoch in (0, 1, 2, 5, 6, 9)] == [0, 0, 1, 1, 2, 2]
    assert [phase.rate for phase in phases] == [1.0, 1.0, 0.01]
    assert [phase.drops for phase in phases] == [False, True, False]
    assert not any(phase.fresh for phase in phases)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.TRevision(estimate_from=-0.1), r"estimate_from must lie in \[0, 1\]"),
        (lambda: cmdcore.TRevision(revise_from=2.0), r"revise_from must lie in \[0, 1\]"),
        (lambda: cmdcore.TRevision(revision_rate=-1.0), "revision_rate must be at least 0"),
        (lambda: cmdcore.TRevision(estimate_from=0.7), "estimate_from must not be above revise"),
    ],
)
def test_constants_out_of_range_are_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()
