"""Truncated GCE: what is left out by what was said before, values and gradients of the rest."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import compared
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.test_compared import exactly, tolerance

constants = st.tuples(st.floats(0.05, 1), st.integers(0, 9).map(lambda tenths: tenths / 10))


def at(method, q, z_a, z_b, rows, t=20):
    moment = cmdcore.Moment(t=t, gamma=20, certainty_a=0.0, certainty_b=0.0)
    log_p = map(cmdcore.log_probabilities, (z_a, z_b))
    return method.losses_and_rows(q, *log_p, moment, ops.convert_to_tensor(rows))


@st.composite
def seen(draw):
    """A batch, and whether each label was found improbable, by A and by B."""
    batch = draw(batches())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return batch, rng.integers(0, 2, (len(batch[0]), 2)).astype(np.float32)


@given(seen(), constants, st.integers(1, 20))
def test_each_peer_leaves_out_what_it_found_improbable(drawn, constants, t):
    (q, z_a, z_b), rows = drawn
    found, new = at(cmdcore.TruncatedGCE(*constants, 0.5), q, z_a, z_b, rows, t)
    assert set(found.measured) == set(cmdcore.TruncatedGCE.measures)
    for place, (peer, loss, z) in enumerate((("a", found.loss_a, z_a), ("b", found.loss_b, z_b))):
        left_out = (rows[:, place] > 0) & (t > 10)
        exact = exactly((q, z))
        expected = compared.L_truncated(*exact, *constants, left_out)
        allowed = tolerance(1 / constants[0] + np.abs(expected), z)
        deviation.check("L_truncated", loss, expected, allowed)
        kept = ops.convert_to_numpy(found.measured[f"kept_{peer}"])
        assert kept.tolist() == (~left_out).astype(float).tolist()
        least = (1.0 - constants[1] ** constants[0]) / constants[0]
        is_clear = np.abs(compared.L_GCE(*exact, constants[0]) - least) > allowed
        improbable = ops.convert_to_numpy(new)[:, place] > 0
        wanted = compared.is_improbable(*exact, *constants)
        assert (improbable == wanted)[is_clear].all()


@given(seen(), constants)
def test_gradients_are_those_by_hand_and_do_not_move_the_other_peer(drawn, constants):
    (q, z_a, z_b), rows = drawn

    def total_a(z_a, z_b):
        losses, new = at(cmdcore.TruncatedGCE(*constants), q, z_a, z_b, rows)
        return ops.sum(losses.loss_a) + ops.sum(new)

    of_a, of_b = gradients(total_a, z_a, z_b)
    expected = compared.d_L_truncated(*exactly((q, z_a)), constants[0], rows[:, 0] > 0)
    deviation.check("dL_truncated", of_a, expected, 4 * entropy_tolerance(z_a))
    assert (of_b == 0).all()


@given(seen(), st.floats(0.05, 1))
def test_without_a_least_probability_it_is_gce_but_for_a_constant(drawn, exponent):
    (q, z_a, z_b), _ = drawn
    assume(z_a.max() - z_a.min() < 15)  # of float32, whose p never is 0
    found, _ = at(cmdcore.TruncatedGCE(exponent, 0.0, 0.0), q, z_a, z_b, np.zeros((len(q), 2)))
    gce = cmdcore.GCE(exponent).loss(q, cmdcore.log_probabilities(z_a))
    np.testing.assert_allclose(
        ops.convert_to_numpy(found.loss_a),
        ops.convert_to_numpy(gce) - 1.0 / exponent,
        atol=1e-5 / exponent,
    )


Q = np.eye(2, dtype=np.float32)[[0, 0]]
Z = np.log(np.array([[0.4, 0.6], [0.6, 0.4]], np.float32))


def test_a_label_of_the_least_probability_or_less_is_improbable():
    _, rows = at(cmdcore.TruncatedGCE(), Q, Z, Z[::-1].copy(), np.zeros((2, 2), np.float32))
    assert ops.convert_to_numpy(rows).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_label_out_of_range_is_not_left_out():
    losses, _ = at(cmdcore.TruncatedGCE(), np.full_like(Q, np.nan), Z, Z, np.ones((2, 2)))
    assert np.isnan(ops.convert_to_numpy(losses.loss_a)).all()


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.TruncatedGCE(q=0.0), r"q must lie in \(0, 1\]"),
        (lambda: cmdcore.TruncatedGCE(k=1.0), r"k must lie in \[0, 1\), received k=1.0"),
        (lambda: cmdcore.TruncatedGCE(start_prune=2.0), r"start_prune must lie in \[0, 1\]"),
    ],
)
def test_constants_out_of_range_are_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()
