import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reference import compared
from reference import equations as eq
from reference import gradients as analytic
from tests.batches import batches

CONSTANTS = {
    "ce": {},
    "ls": {"epsilon": 0.2},
    "cp": {"epsilon": 0.3},
    "boot-soft": {"epsilon": 0.4},
    "proselflc": {"b1": 8.0},
    "mconf": {"b1": 6.0, "rho": 0.4},
}


def central_difference(function, z, step=1e-5):
    gradient = np.zeros_like(z)
    for index in np.ndindex(*z.shape):
        up, down = z.copy(), z.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (function(up) - function(down)) / (2 * step)
    return gradient


@pytest.mark.parametrize("self_kd", list(CONSTANTS))
@given(batch=batches())
def test_self_distillation_agrees_with_finite_differences(self_kd, batch):
    q, z, _ = (np.asarray(array, np.float64) for array in batch)
    epsilon = eq.self_trust(self_kd, z, 30, 100, 0.6, **CONSTANTS[self_kd])[:, None]

    def loss(moved):
        p = np.exp(eq.log_p(moved))
        refined = {
            "ce": q,
            "ls": (1 - epsilon) * q + epsilon / q.shape[1],
            "cp": (1 - epsilon) * q - epsilon * p,
        }.get(self_kd, (1 - epsilon) * q + epsilon * p)
        return eq.cross_H(refined, moved).sum()

    expected = central_difference(loss, z)
    found = analytic.d_self_kd(self_kd, q, z, 30, 100, 0.6, **CONSTANTS[self_kd])
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(batches(), st.floats(0.05, 1.1))
def test_mutual_loss_agrees_with_finite_differences(batch, share):
    q, z_a, z_b = (np.asarray(array, np.float64) for array in batch)
    chi = share * np.log(q.shape[1])
    assume(np.abs(eq.H(np.exp(eq.log_p(z_b))) - chi).min() > 1e-3)
    k_b = eq.refined_label("boot-soft", q, z_b, 1, 1, 0.0, epsilon=0.5)

    def loss(moved_a):
        return eq.L_A(q, k_b, moved_a, z_b, chi).sum()

    d_a, d_b = analytic.d_L_A(analytic.d_cross_H(q, z_a), k_b, z_a, z_b, chi)
    np.testing.assert_allclose(d_a, central_difference(loss, z_a), atol=1e-6)
    assert (d_b == 0).all()


@given(batches(), st.floats(0, 1))
def test_sync_mkd_agrees_with_finite_differences(batch, epsilon):
    q, z_a, z_b = (np.asarray(array, np.float64) for array in batch)

    def loss(moved_a):
        return eq.L_T2SKD(q, moved_a, z_b, epsilon).sum()

    found = analytic.d_L_T2SKD(q, z_a, z_b, epsilon)
    np.testing.assert_allclose(found, central_difference(loss, z_a), atol=1e-6)


@given(batches(), st.floats(0, 10), st.floats(0, 1))
def test_elr_agrees_with_finite_differences_where_its_target_is_constant(batch, lam, beta):
    q, z, z_before = (np.asarray(array, np.float64) for array in batch)
    p = np.exp(eq.log_p(z))
    # Where probabilities begin to be held there is no gradient.
    assume(min(np.abs(p - 1e-4).min(), np.abs(1 - 1e-4 - p).min()) > 1e-6)
    t = compared.t_ELR(compared.t_ELR(np.zeros_like(q), z_before, beta), z, beta)

    def loss(moved):
        return compared.L_ELR(q, moved, t, lam).sum()

    found = compared.d_L_ELR(q, z, t, lam)
    np.testing.assert_allclose(found, central_difference(loss, z, 1e-6), rtol=1e-4, atol=1e-5)


@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_dmi_agrees_with_finite_differences(num_classes, seed):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.ones(num_classes), 7)
    z = rng.normal(size=(7, num_classes))
    assume(np.linalg.cond(compared.U_DMI(q, z)) < 1e3)
    expected = central_difference(lambda moved: compared.L_DMI(q, moved), z)
    np.testing.assert_allclose(compared.d_L_DMI(q, z), expected, rtol=1e-5, atol=1e-6)
