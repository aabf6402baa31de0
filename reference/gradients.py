"""Gradients of eqs. 10 and 11 with respect to the logits, derived by hand.

With epsilon constant, the self-distillation part of L_A is

    H(q~_A, p_A) = (1 - eps) H(q, p_A) + s eps H(p_A)

with s = +1 where q~ adds the prediction, -1 where it subtracts it, and with
H(u, p_A) in place of H(p_A) for label smoothing. For p = softmax(z)

    d H(q, p) / dz = p sum(q) - q           (q constant)
    d H(p)    / dz = -p (log p + H(p))

and the distilled part has a constant target. Nothing in L_A moves B.
"""

import numpy as np

from reference import equations as eq

_SIGN = {"boot-soft": 1.0, "proselflc": 1.0, "mconf": 1.0, "cp": -1.0}


def d_cross_H(q, z):
    """d H(q, softmax(z)) / dz for constant q."""
    return np.exp(eq.log_p(z)) * q.sum(axis=-1, keepdims=True) - q


def d_H(z):
    """d H(softmax(z)) / dz."""
    log_p = eq.log_p(z)
    p = np.exp(log_p)
    with np.errstate(invalid="ignore"):
        return -np.where(p == 0, 0.0, p * (log_p + eq.H(p)[:, None]))


def d_self_kd(self_kd, q, z, t, Gamma, r, *, epsilon=None, b1=None, rho=None, constant=False):
    """d H(q~, p) / dz of table 2, [n, C].

    Args:
        constant: hold p inside q~ constant too.
        Others: as in `equations.refined_label`.
    """
    constants = {"epsilon": epsilon, "b1": b1, "rho": rho}
    if constant or self_kd in ("ce", "ls"):
        return d_cross_H(eq.refined_label(self_kd, q, z, t, Gamma, r, **constants), z)
    eps = eq.self_trust(self_kd, z, t, Gamma, r, **constants)[:, None]
    return (1 - eps) * d_cross_H(q, z) + _SIGN[self_kd] * eps * d_H(z)


def d_L_T2SKD(q, z, z_t, epsilon):
    """d L_T2SKD / dz of eq. 1, [n, C]; twice, with the peers exchanged, that of eq. 3.

    Args:
        q: annotated labels, [n, C].
        z: logits of the learner, [n, C].
        z_t: logits of the teacher, held constant, [n, C].
        epsilon: weight of the teacher.
    """
    p, p_t = np.exp(eq.log_p(z)), np.exp(eq.log_p(z_t))
    return (1 - epsilon) * d_cross_H(q, z) + epsilon * (p - p_t)


def d_L_A(d_self, k_B, z_A, z_B, chi):
    """d L_A / d(z_A, z_B), eq. 10; with the peers exchanged, eq. 11.

    Args:
        d_self: gradient of the self-distillation part, from `d_self_kd`.
        k_B: what B teaches, [n, C].
        z_A, z_B: logits, [n, C].
        chi: threshold in nats.

    Returns:
        The gradient for A's logits and the one for B's, which is 0.
    """
    selected = (eq.H(np.exp(eq.log_p(z_B))) < chi)[:, None]
    return d_self + np.where(selected, d_cross_H(k_B, z_A), 0.0), np.zeros_like(z_B)
