"""Methods that learn from some examples of a batch, and those that know how labels went wrong.

Labels q are distributions [n, C], z logits [n, C]. `d_…` are gradients of one example's loss
with respect to its own logits, [n, C]. Selections are booleans [n]; they are constants.
"""

import numpy as np

from reference import equations as eq
from reference.gradients import d_cross_H


def R(t, Gamma, tau, warmup, c):
    """The share that is forgotten at t of Gamma; Han et al., NeurIPS 2018, algorithm 1."""
    return tau * min(1.0, t / Gamma / warmup) ** c


def R_S2E(t, Gamma, constants):
    """S2E, Yao et al., ICML 2020, section 3.1, in 200 epochs; as in their code at most 0.99."""
    a, b, c, d, e, g, lam, kappa, omega, nu, mu, rho = constants
    E = 200.0
    t = E * t / Gamma
    f1 = 1.0 - np.exp(-lam * t**kappa)
    f2 = 1.0 - (omega * t + 1.0) ** -nu
    f3 = 1.0 - np.log(1.0 + mu) / np.log(1.0 + mu + rho * t)
    rising = a * f1 + (1.0 - a) * b * f2 + (1.0 - a) * (1.0 - b) * f3
    falling = c * (t / E) ** e + d * np.log(1.0 + t**g) / np.log(1.0 + E**g)
    return min(0.99, max(0.0, rising - falling))


def smallest(losses, n):
    """The n examples with the smallest losses; of equal ones the first."""
    chosen = np.zeros(len(losses), bool)
    chosen[np.argsort(losses, kind="stable")[: int(n)]] = True
    return chosen


def how_many(share, n):
    """The share of n examples, rounded down; a millionth of it may be missing."""
    return min(n, np.floor(share * n * (1 + 1e-6)))


def co_teaching(q, z_A, z_B, share):
    """What A and what B learns from: that which has a small loss under the other."""
    n = max(1, how_many(share, len(q)))
    return smallest(eq.cross_H(q, z_B), n), smallest(eq.cross_H(q, z_A), n)


def small_loss(q, z_A, z_B, share):
    """The same without the exchange: each learns from what has a small loss under itself."""
    return co_teaching(q, z_B, z_A, share)


def co_teaching_plus(q, z_A, z_B, share):
    """The same among those of which A and B say different classes; Yu et al., ICML 2019."""
    D = np.flatnonzero(z_A.argmax(axis=-1) != z_B.argmax(axis=-1))
    if len(D) == 0:
        return np.ones(len(q), bool), np.ones(len(q), bool)
    n = how_many(share, len(D)) or len(D)
    chosen = np.zeros((2, len(q)), bool)
    for of_peer, z in zip(chosen, (z_B, z_A), strict=True):
        of_peer[D[smallest(eq.cross_H(q[D], z[D]), n)]] = True
    return tuple(chosen)


def L_selected(q, z, chosen):
    """CE of the chosen ones, whose mean over the batch is the mean over them, [n]."""
    return np.where(chosen, eq.cross_H(q, z), 0.0) * len(q) / chosen.sum()


def d_L_selected(q, z, chosen):
    """Its gradient."""
    return d_cross_H(q, z) * chosen[:, None] * len(q) / chosen.sum()


def percentile_MentorNet(losses, p):
    """The loss that a share p of a batch does not exceed."""
    return np.sort(losses)[int(max(1, how_many(p, len(losses)))) - 1]


def m_MentorNet(percentiles, d):
    """The running mean of those of all batches, in their order, the last one included.

    m <- d m + (1 - d) percentile; written out, the percentile of k batches ago weighs d^k, and
    all weights are divided by their sum: m begins with the first batch.
    """
    weights = d ** np.arange(len(percentiles))[::-1].astype(float)
    return np.dot(weights, percentiles) / weights.sum()


def v_MentorNet(losses, progress, m):
    """The weights of the predefined curriculum; Jiang et al., ICML 2018, with their constants."""
    Delta = losses - m
    if progress <= 0.18:
        return np.ones_like(losses)
    if progress < 0.9:
        return np.where(Delta <= 0, 1.0, 0.0)
    return np.clip(1.0 - Delta, 0.0, 1.0)


def L_Forward(q, z, T):
    """-log sum_i T_iy p_i; Patrini et al., CVPR 2017, theorem 2."""
    return -(q * np.log(np.exp(eq.log_p(z)) @ T)).sum(axis=-1)


def d_L_Forward(q, z, T):
    """sum_j q_j (p - P(true i | given j)), where the latter is T_ij p_i / sum_k T_kj p_k."""
    p = np.exp(eq.log_p(z))
    true_given = p[:, :, None] * T / (p @ T)[:, None, :]
    return p * q.sum(axis=-1, keepdims=True) - (true_given * q[:, None, :]).sum(axis=-1)


def L_Backward(q, z, T):
    """sum_j (q T^-1)_j (-log p_j); there, theorem 1."""
    return -((q @ np.linalg.inv(T)) * eq.log_p(z)).sum(axis=-1)


def d_L_Backward(q, z, T):
    """p sum(q T^-1) - q T^-1."""
    return d_cross_H(q @ np.linalg.inv(T), z)


def train_co_teaching(
    peer_A, peer_B, x, q, batches, learning_rates, *, forgotten, momentum=0.9, decay=5e-4
):
    """Train both peers with Co-teaching, and say what happened in each epoch.

    Args:
        peer_A, peer_B: `training.Peer`; they are changed.
        x: inputs, [n, d].
        q: annotated labels, [n, C].
        batches: index arrays of the batches of an epoch, in order.
        learning_rates: one for each of the Gamma epochs.
        forgotten: the schedule, R(t, Gamma).
        momentum, decay: of SGD.

    Returns:
        One dictionary an epoch: L_A, L_B, kept_A, kept_B, means over its samples, and `margin`,
        the least distance between a loss that was chosen and one that was not.
    """
    epochs = []
    for t, learning_rate in enumerate(learning_rates, start=1):
        seen = {name: [] for name in ("L_A", "L_B", "kept_A", "kept_B")}
        margin = np.inf
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            z_A, z_B = peer_A.logits(x_i), peer_B.logits(x_i)
            share = 1.0 - forgotten(t, len(learning_rates))
            chosen_A, chosen_B = co_teaching(q_i, z_A, z_B, share)
            for name, peer, z, chosen in (
                ("A", peer_A, z_A, chosen_A),
                ("B", peer_B, z_B, chosen_B),
            ):
                seen[f"L_{name}"].append(L_selected(q_i, z, chosen))
                seen[f"kept_{name}"].append(chosen)
                step = peer.d_weights(x_i, d_L_selected(q_i, z, chosen) / len(batch))
                peer.sgd(step, learning_rate, momentum, decay)
            for z, chosen in ((z_B, chosen_A), (z_A, chosen_B)):
                loss = eq.cross_H(q_i, z)
                left = loss[~chosen].min(initial=np.inf)
                margin = min(margin, left - loss[chosen].max())
        means = {name: np.concatenate(values).mean() for name, values in seen.items()}
        epochs.append({**means, "margin": margin})
    return epochs


def train_mentor_net(
    peer, x, q, batches, learning_rates, *, percentile, d, momentum=0.9, decay=5e-4
):
    """Train one network with MentorNet's predefined curriculum, and say what happened.

    Args:
        peer: `training.Peer`; it is changed.
        x, q, batches, learning_rates, momentum, decay: as `train_co_teaching` takes them.
        percentile: p.
        d: How much of m stays in a step.

    Returns:
        One dictionary an epoch: L and v, means over its samples, m after its last batch, and
        `margin`, the least distance between m, or the loss that is the percentile, and another
        loss.
    """
    epochs, percentiles = [], []
    for t, learning_rate in enumerate(learning_rates, start=1):
        L, weights, margin = [], [], np.inf
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            z = peer.logits(x_i)
            losses = eq.cross_H(q_i, z)
            percentiles.append(percentile_MentorNet(losses, percentile))
            m = m_MentorNet(percentiles, d)
            v = v_MentorNet(losses, t / len(learning_rates), m)
            L.append(v * losses)
            weights.append(v)
            step = peer.d_weights(x_i, v[:, None] * d_cross_H(q_i, z) / len(batch))
            peer.sgd(step, learning_rate, momentum, decay)
            others = losses[losses != percentiles[-1]]
            near = np.abs(np.concatenate((losses - m, others - percentiles[-1])))
            # In the first batch of all, and where d is 0, m is one of the losses.
            margin = min(margin, near[near > 0].min())
        means = {"L": np.concatenate(L).mean(), "v": np.concatenate(weights).mean()}
        epochs.append({**means, "m": m, "margin": margin})
    return epochs
