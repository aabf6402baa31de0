"""The methods that the paper compares with: their losses and gradients, written from their papers.

Labels q are distributions [n, C], z logits, p = softmax(z). Losses are [n]; gradients are those of
one example's loss with respect to its own logits, [n, C]. With g = dL/d log p,

    dL/dz = g - p sum(g).
"""

import numpy as np

from reference import equations as eq
from reference.selection import how_many

LOG_OF_NO_LABEL = np.log(1e-4)


def _to_logits(g, z):
    p = np.exp(eq.log_p(z))
    return g - p * g.sum(axis=-1, keepdims=True)


def L_GCE(q, z, k):
    """(1 - p_y^k) / k; Zhang, Sabuncu, NeurIPS 2018, eq. 6. k is their q."""
    p = np.exp(eq.log_p(z))
    return (q * (1.0 - p**k)).sum(axis=-1) / k


def d_L_GCE(q, z, k):
    """-q p^k with respect to log p."""
    p = np.exp(eq.log_p(z))
    return _to_logits(-q * p**k, z)


def L_truncated(q, z, k, threshold, left_out):
    """w (l_q(p) - l_q(threshold)), w = 0 for what is left out; there, section 3.3."""
    w = np.where(left_out, 0.0, 1.0)
    return w * (L_GCE(q, z, k) - (1.0 - threshold**k) / k)


def d_L_truncated(q, z, k, left_out):
    """w is constant."""
    return np.where(left_out, 0.0, 1.0)[:, None] * d_L_GCE(q, z, k)


def is_improbable(q, z, k, threshold):
    """Where w is 0 from now on: l_q(p) is l_q(threshold) or more."""
    return L_GCE(q, z, k) >= (1.0 - threshold**k) / k


def L_RCE(q, z):
    """-sum p log q; Wang et al., ICCV 2019, eq. 5."""
    p = np.exp(eq.log_p(z))
    return -(p * np.log(np.maximum(q, 1e-4))).sum(axis=-1)


def d_L_RCE(q, z):
    """-p log q with respect to log p."""
    p = np.exp(eq.log_p(z))
    return _to_logits(-p * np.log(np.maximum(q, 1e-4)), z)


def L_SCE(q, z, alpha, beta):
    """alpha CE + beta RCE; there, eq. 7."""
    return alpha * eq.cross_H(q, z) + beta * L_RCE(q, z)


def d_L_SCE(q, z, alpha, beta):
    """With respect to z."""
    return alpha * (np.exp(eq.log_p(z)) - q) + beta * d_L_RCE(q, z)


def L_NCE(q, z):
    """CE over the sum of CE with every label; Ma et al., ICML 2020, eq. 5."""
    log_p = eq.log_p(z)
    return (q * log_p).sum(axis=-1) / log_p.sum(axis=-1)


def d_L_NCE(q, z):
    """q/S - (sum q log p)/S^2 with respect to log p, where S = sum log p."""
    log_p = eq.log_p(z)
    S = log_p.sum(axis=-1, keepdims=True)
    return _to_logits(q / S - (q * log_p).sum(axis=-1, keepdims=True) / S**2, z)


def L_APL(q, z, alpha, beta):
    """alpha NCE + beta RCE; there, eq. 12."""
    return alpha * L_NCE(q, z) + beta * L_RCE(q, z)


def d_L_APL(q, z, alpha, beta):
    """With respect to z."""
    return alpha * d_L_NCE(q, z) + beta * d_L_RCE(q, z)


def U_DMI(q, z):
    """sum q p^T over the batch, [C, C]; Xu et al., NeurIPS 2019, section 4.1, times n."""
    return q.T @ np.exp(eq.log_p(z))


def L_DMI(q, z):
    """-log|det U|, one number for the batch; there, eq. 7, without a constant."""
    return -np.linalg.slogdet(U_DMI(q, z)).logabsdet


def d_L_DMI(q, z):
    """Its gradient: d log|det U| / dU = U^-T, so -p U^-1 q with respect to an example's log p."""
    p = np.exp(eq.log_p(z))
    return _to_logits(-p * np.linalg.solve(U_DMI(q, z), q.T).T, z)


def u_T(q, a, T):
    """The virtual teacher at temperature T; Yuan et al., CVPR 2020, eq. 8, as in their code."""
    u = a * q + (1.0 - a) / (q.shape[-1] - 1) * (1.0 - q)
    return np.exp(eq.log_p(u / T))


def L_TfKD(q, z, epsilon, a, T):
    """(1 - epsilon) CE + epsilon D_KL(u_T, p); there, eq. 9."""
    u = u_T(q, a, T)
    divergence = (u * (np.log(u) - eq.log_p(z))).sum(axis=-1)
    return (1.0 - epsilon) * eq.cross_H(q, z) + epsilon * divergence


def d_L_TfKD(q, z, epsilon, a, T):
    """p - (1 - epsilon) q - epsilon u_T."""
    return np.exp(eq.log_p(z)) - (1.0 - epsilon) * q - epsilon * u_T(q, a, T)


def z_KDCL(q, z_A, z_B, together):
    """The teacher's logits; Guo et al., CVPR 2020, section 3.3: MinLogit, or the mean."""
    if together == "mean":
        return (z_A + z_B) / 2.0
    y = q.argmax(axis=-1)[:, None]
    below = [z - np.take_along_axis(z, y, axis=-1) for z in (z_A, z_B)]
    return np.minimum(*below)


def L_KDCL(q, z, z_t, epsilon, T):
    """(1 - epsilon) CE + epsilon T^2 D_KL of the softmaxes at T; there, eqs. 2 and 3."""
    divergence = eq.D_KL(z_t / T, z / T)
    return (1.0 - epsilon) * eq.cross_H(q, z) + epsilon * T**2 * divergence


def d_L_KDCL(q, z, z_t, epsilon, T):
    """The teacher is constant: epsilon T (p_T - t_T) from the second term."""
    p_T, t_T = (np.exp(eq.log_p(logits / T)) for logits in (z, z_t))
    return (1.0 - epsilon) * (np.exp(eq.log_p(z)) - q) + epsilon * T * (p_T - t_T)


def held(p):
    """p of ELR, Liu et al., NeurIPS 2020: between 1e-4 and 1 - 1e-4, as in their code."""
    return np.clip(p, 1e-4, 1.0 - 1e-4)


def t_ELR(t, z, beta):
    """The target: beta t + (1 - beta) p. What was held is divided by its sum, as in their code."""
    p = held(np.exp(eq.log_p(z)))
    return beta * t + (1.0 - beta) * p / p.sum(axis=-1, keepdims=True)


def L_ELR(q, z, t, lam):
    """CE + lambda log(1 - <t, p>), where t counts this p in."""
    p = held(np.exp(eq.log_p(z)))
    return eq.cross_H(q, z) + lam * np.log(1.0 - (t * p).sum(axis=-1))


def d_L_ELR(q, z, t, lam):
    """t is constant: -lambda t p / (1 - <t, p>) with respect to log p, where p is not held."""
    p = np.exp(eq.log_p(z))
    away = 1.0 - (t * held(p)).sum(axis=-1, keepdims=True)
    return _to_logits(-q - lam * np.where(held(p) == p, t * p, 0.0) / away, z)


def edited_CDR(gradients, weights, R):
    """CDR, Xia et al., ICLR 2021, algorithm 1: 1 - R of all kernel entries keep 1 - R of theirs."""
    matters = [np.abs(g * w) for g, w in zip(gradients, weights, strict=True) if w.ndim > 1]
    together = np.sort(np.concatenate([m.ravel() for m in matters]))[::-1]
    least = together[int(max(1, how_many(1.0 - R, len(together)))) - 1]
    return [
        np.where(np.abs(g * w) >= least, (1.0 - R) * g, 0.0) if w.ndim > 1 else g
        for g, w in zip(gradients, weights, strict=True)
    ]


def L_Joint(s, z, alpha, beta):
    """H(s, p) + beta H(p) of each + alpha KL(pi, mean p) of all; Tanaka et al., 2018, eq. 4."""
    log_p = eq.log_p(z)
    pi, mean = 1.0 / z.shape[1], np.exp(log_p).mean(axis=0)
    of_all = (pi * np.log(pi / mean)).sum()
    return eq.cross_H(s, z) + beta * eq.H(np.exp(log_p)) + alpha * of_all


def d_L_Joint(s, z, alpha, beta):
    """Of the sum of all losses; pi uniform, and mean p depends on all z."""
    log_p = eq.log_p(z)
    p = np.exp(log_p)
    pi, mean = 1.0 / z.shape[1], p.mean(axis=0)
    return _to_logits(-s - beta * p * (log_p + 1.0) - alpha * pi * p / mean, z)
