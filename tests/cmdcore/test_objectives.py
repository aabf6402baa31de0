import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from reference import gradients as analytic
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.methods import methods
from tests.cmdcore.test_self_kd import trust_tolerance

T, GAMMA = 30, 100


def losses(batch, method, r_a, r_b, chi, knowledge):
    """`mutual_losses` as a function of both peers' logits."""
    q, _, _ = batch

    def compute(z_a, z_b):
        log_p_a, log_p_b = cmdcore.log_probabilities(z_a), cmdcore.log_probabilities(z_b)
        refined_a = method.refined_labels(q, log_p_a, T / GAMMA, r_a)
        refined_b = method.refined_labels(q, log_p_b, T / GAMMA, r_b)
        teaches_p = knowledge == "prediction"
        return cmdcore.mutual_losses(
            refined_a,
            refined_b,
            ops.exp(log_p_a) if teaches_p else refined_a,
            ops.exp(log_p_b) if teaches_p else refined_b,
            log_p_a,
            log_p_b,
            chi,
        )

    return compute


cases = given(
    batch=batches(),
    method=methods(),
    r=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    share=st.floats(0, 1.2),
    knowledge=st.sampled_from(["refined", "prediction"]),
)


def expectation(batch, method, r, share, knowledge):
    """What the reference says, or a rejected example where float32 cannot tell < from >=."""
    q, z_a, z_b = (np.asarray(array, np.float64) for array in batch)
    name, constants, _ = method
    chi = share * np.log(q.shape[1])
    for z in (z_a, z_b):
        entropies = eq.H(np.exp(eq.log_p(z)))
        assume(np.abs(entropies - chi).min() > entropy_tolerance(z))
    q_a = eq.refined_label(name, q, z_a, T, GAMMA, r[0], **constants)
    q_b = eq.refined_label(name, q, z_b, T, GAMMA, r[1], **constants)
    teaches_p = knowledge == "prediction"
    k_a = np.exp(eq.log_p(z_a)) if teaches_p else q_a
    k_b = np.exp(eq.log_p(z_b)) if teaches_p else q_b
    d_a = analytic.d_self_kd(name, q, z_a, T, GAMMA, r[0], **constants)
    d_b = analytic.d_self_kd(name, q, z_b, T, GAMMA, r[1], **constants)
    z_max = max(np.abs(z_a).max(), np.abs(z_b).max())
    return {
        "chi": chi,
        "L_A": eq.L_A(q_a, k_b, z_a, z_b, chi),
        "L_B": eq.L_A(q_b, k_a, z_b, z_a, chi),
        "dL_A": analytic.d_L_A(d_a, k_b, z_a, z_b, chi),
        "dL_B": analytic.d_L_A(d_b, k_a, z_b, z_a, chi),
        "tolerance": 2
        * max(trust_tolerance(z_a, constants), trust_tolerance(z_b, constants))
        * (1 + 2 * z_max),
    }


@cases
def test_losses_follow_eqs_10_and_11(batch, method, r, share, knowledge):
    expected = expectation(batch, method, r, share, knowledge)
    found = losses(batch, method[2], *r, expected["chi"], knowledge)(*batch[1:])
    deviation.check("L_A", found.loss_a, expected["L_A"], expected["tolerance"])
    deviation.check("L_B", found.loss_b, expected["L_B"], expected["tolerance"])


@cases
def test_gradients_follow_the_analytic_ones_and_stay_with_their_peer(
    batch, method, r, share, knowledge
):
    expected = expectation(batch, method, r, share, knowledge)
    compute = losses(batch, method[2], *r, expected["chi"], knowledge)
    d_a, d_b = gradients(lambda z_a, z_b: ops.sum(compute(z_a, z_b).loss_a), *batch[1:])
    deviation.check("dL_A / dz_A", d_a, expected["dL_A"][0], expected["tolerance"])
    assert (d_b == 0).all()
    d_a, d_b = gradients(lambda z_a, z_b: ops.sum(compute(z_a, z_b).loss_b), *batch[1:])
    deviation.check("dL_B / dz_B", d_b, expected["dL_B"][0], expected["tolerance"])
    assert (d_a == 0).all()


def test_what_is_distilled_is_what_the_confident_peer_knows():
    certain, unsure = [0.0, 8.0, 0.0], [0.1, 0.0, 0.0]
    q = np.array([[1.0, 0.0, 0.0]], np.float32)
    batch = (q, np.array([certain], np.float32), np.array([unsure], np.float32))
    found = losses(batch, cmdcore.CrossEntropy(), 0.0, 0.0, 0.5, "refined")(*batch[1:])
    assert bool(found.a_to_b[0])
    assert not bool(found.b_to_a[0])
    # CE holds no prediction, so the distilled knowledge is the label once more.
    np.testing.assert_allclose(float(found.loss_a[0]), eq.cross_H(q, batch[1])[0], rtol=1e-6)
    np.testing.assert_allclose(float(found.loss_b[0]), 2 * eq.cross_H(q, batch[2])[0], rtol=1e-6)


@given(batches(), methods())
def test_exchanging_the_peers_exchanges_the_losses(batch, method):
    q, z_a, z_b = batch
    one = losses(batch, method[2], 0.3, 0.8, 0.7, "refined")(z_a, z_b)
    other = losses((q, z_b, z_a), method[2], 0.8, 0.3, 0.7, "refined")(z_b, z_a)
    for mine, theirs in (("loss_a", "loss_b"), ("a_to_b", "b_to_a"), ("entropy_a", "entropy_b")):
        np.testing.assert_array_equal(
            ops.convert_to_numpy(getattr(one, mine)), ops.convert_to_numpy(getattr(other, theirs))
        )


def test_an_unselected_infinite_loss_leaves_the_gradient_finite():
    z_a = np.array([[0.0, -np.inf, 1.0]], np.float32)
    z_b = np.array([[0.0, 0.1, 0.0]], np.float32)
    q = np.array([[1.0, 0.0, 0.0]], np.float32)
    compute = losses((q, z_a, z_b), cmdcore.BootSoft(0.5), 0.0, 0.0, 0.1, "prediction")
    d_a, _ = gradients(lambda a, b: ops.sum(compute(a, b).loss_a), z_a, z_b)
    assert np.isfinite(d_a).all()
