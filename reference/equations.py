"""Equations 1 to 12 and table 2, one function each, in the paper's order.

Everything takes logits `z` of shape `[n, C]` and labels `q` of shape `[n, C]`,
and works in float64. Names follow the paper.
"""

import numpy as np
from scipy import special


def log_p(z):
    """log softmax of the logits."""
    return special.log_softmax(np.asarray(z, np.float64), axis=-1)


def H(p):
    """Entropy H(p) of probabilities, 0 log 0 = 0."""
    return special.entr(p).sum(axis=-1)


def H_u(C):
    """Entropy of the uniform distribution over C classes."""
    return np.log(C)


def cross_H(q, z):
    """H(q, p) = E_q(-log p) for p = softmax(z), 0 log 0 = 0."""
    with np.errstate(invalid="ignore"):
        return -np.where(q == 0, 0.0, q * log_p(z)).sum(axis=-1)


def D_KL(z_t, z):
    """D_KL(p_t, p) = H(p_t, p) - H(p_t), section 2.3."""
    p_t = np.exp(log_p(z_t))
    with np.errstate(invalid="ignore"):
        return np.where(p_t == 0, 0.0, p_t * (log_p(z_t) - log_p(z))).sum(axis=-1)


def L_T2SKD(q, z, z_t, epsilon):
    """Eq. 1."""
    return (1 - epsilon) * cross_H(q, z) + epsilon * D_KL(z_t, z)


def L_AsyncMKD(q, z_A, z_B, epsilon, t):
    """Eq. 2."""
    return L_T2SKD(q, z_A, z_B, epsilon) if t % 2 == 1 else L_T2SKD(q, z_B, z_A, epsilon)


def L_SyncMKD(q, z_A, z_B, epsilon):
    """Eq. 3."""
    return L_T2SKD(q, z_A, z_B, epsilon) + L_T2SKD(q, z_B, z_A, epsilon)


def q_T2SKD(q, z_t, epsilon):
    """Eq. 4."""
    return (1 - epsilon) * q + epsilon * np.exp(log_p(z_t))


def h(lam, b):
    """The logistic function of section 3.1."""
    return special.expit(np.multiply(lam, b))


def l(z):
    """Sample confidence l(p), eq. 5."""
    return np.clip(1 - H(np.exp(log_p(z))) / H_u(z.shape[-1]), 0, 1)


def g_t(t, Gamma, b1):
    """Trust by time g(t), eq. 5."""
    return h(t / Gamma - 0.5, b1)


def r(z):
    """Certainty over all samples, eq. 6."""
    n, C = z.shape
    return 1 - H(np.exp(log_p(z))).sum() / (n * H_u(C))


def g_r(r, rho, b1):
    """Trust by certainty g(r), eq. 6."""
    return h(r - rho, b1)


def refined_label(self_kd, q, z, t, Gamma, r, *, epsilon=None, b1=None, rho=None):
    """Table 2: the refined label q~ of each column.

    Args:
        self_kd: "ce", "ls", "cp", "boot-soft", "proselflc" or "mconf".
        q: annotated labels, [n, C].
        z: the network's own logits, [n, C].
        t, Gamma: current and last epoch.
        r: certainty over the last finished epoch.
        epsilon: for the columns with a fixed one.
        b1, rho: for the columns with an adaptive one.
    """
    p = np.exp(log_p(z))
    u = np.full_like(p, 1 / p.shape[-1])
    eps = self_trust(self_kd, z, t, Gamma, r, epsilon=epsilon, b1=b1, rho=rho)[:, None]
    match self_kd:
        case "ce":
            return q
        case "ls":
            return (1 - eps) * q + eps * u
        case "cp":
            return (1 - eps) * q - eps * p
        case "boot-soft" | "proselflc" | "mconf":
            return (1 - eps) * q + eps * p


def self_trust(self_kd, z, t, Gamma, r, *, epsilon=None, b1=None, rho=None):
    """Table 2: the self trust epsilon of each column, [n]."""
    match self_kd:
        case "ce":
            return np.zeros(len(z))
        case "ls" | "cp" | "boot-soft":
            return np.full(len(z), float(epsilon))
        case "proselflc":
            return l(z) * g_t(t, Gamma, b1)
        case "mconf":
            return l(z) * g_r(r, rho, b1)


def chi(t, Gamma, eta, b2, C):
    """The threshold, eq. 12."""
    return H_u(C) / eta * 2 * h(t / Gamma - 0.5, b2)


def chi_of_mode(mode, t, Gamma, C, *, eta=None, b2=None):
    """The threshold of each mode of section 4.2."""
    match mode:
        case "zero":
            return 0.0
        case "all":
            return np.inf
        case "static":
            return chi(t, Gamma, eta, 0.0, C)
        case "progressive":
            return chi(t, Gamma, eta, b2, C)


def L_B2A(k_B, z_A, z_B, chi):
    """Eq. 8; with the peers exchanged, eq. 9. `k_B` is q~_B in the paper."""
    return np.where(H(np.exp(log_p(z_B))) < chi, cross_H(k_B, z_A), 0.0)


def L_A(q_A, k_B, z_A, z_B, chi):
    """Eq. 10; with the peers exchanged, eq. 11."""
    return cross_H(q_A, z_A) + L_B2A(k_B, z_A, z_B, chi)
