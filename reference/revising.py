"""T-Revision; Xia et al., NeurIPS 2019: weights by a matrix that is estimated, and then learned.

Labels q are distributions [n, C], z logits, p = softmax(z), M = T or T + dT is [C, C] with
M_ij = P(given label j | true class i).
"""

import numpy as np

from reference import equations as eq

MOST = 1000.0


def T_of(p):
    """Row i is the prediction with the largest p_i; of a class of which nothing is said, e_i."""
    rows = [
        p[p[:, i].argmax()] if p[:, i].max() > 0 else np.eye(p.shape[1])[i]
        for i in range(p.shape[1])
    ]
    return np.array([row / row.sum() for row in rows])


def beta(z, M):
    """p_j / (M' p)_j; there, section 3.1. No weight is above `MOST`, and none below 0."""
    p = np.exp(eq.log_p(z))
    given = p @ M
    return np.where(is_free(z, M), p / np.where(given > 0, given, 1.0), MOST)


def is_free(z, M):
    """Where a weight is not held."""
    p = np.exp(eq.log_p(z))
    return MOST * (p @ M) > p


def L_revision(q, z, M):
    """sum q beta (-log p)."""
    return -(q * beta(z, M) * eq.log_p(z)).sum(axis=-1)


def d_L_revision(q, z, M, is_learned):
    """With respect to z; beta is constant while M is not learned.

    d beta_j / d log p_k = beta_j (1 if j = k) - beta_j M_kj p_k / (M' p)_j.
    """
    log_p, b = eq.log_p(z), beta(z, M)
    p = np.exp(log_p)
    g = -q * b
    if is_learned:
        through_beta = _through_beta(q, z, M)
        g = g + through_beta - p * ((through_beta / (p @ M)) @ M.T)
    return g - p * g.sum(axis=-1, keepdims=True)


def d_M(q, z, M):
    """Of the mean loss, with respect to M: d beta_j / d M_ij = -beta_j p_i / (M' p)_j."""
    p = np.exp(eq.log_p(z))
    return -p.T @ (_through_beta(q, z, M) / (p @ M)) / len(z)


def _through_beta(q, z, M):
    return np.where(is_free(z, M), -q * beta(z, M) * eq.log_p(z), 0.0)


class Adam:
    """Kingma, Ba, ICLR 2015, algorithm 1, for one matrix that begins with 0."""

    def __init__(self, shape, alpha):
        self.value, self.m, self.v, self.t = np.zeros(shape), np.zeros(shape), np.zeros(shape), 0
        self.alpha = alpha

    def step(self, g):
        """Lines 4 to 12."""
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        m, v = self.m / (1.0 - 0.9**self.t), self.v / (1.0 - 0.999**self.t)
        self.value = self.value - self.alpha * m / (np.sqrt(v) + 1e-8)


def train_revision(
    peer_A, peer_B, x, q, batches, learning_rates, *, estimate_from, revise_from, alpha,
    momentum=0.9, decay=5e-4,
):  # fmt: skip
    """Train both peers, each with a matrix of its own.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, decay: as in `training.train`.
        estimate_from: the number of epochs of cross entropy.
        revise_from: the number of epochs before the matrix is learned.
        alpha: learning rate of dT.

    Returns:
        One dictionary an epoch: L_A, L_B, beta_A, beta_B, means over its samples; at its end
        T and dT, [2, C, C], and p, [n, 2, C]; and `margin`, the least difference of a largest
        p_i from the one behind it, where T was estimated.
    """
    C = q.shape[1]
    p, T = np.zeros((len(x), 2, C)), np.array([np.eye(C)] * 2)
    adams = [Adam((C, C), alpha) for _ in range(2)]
    epochs, margin = [], np.inf
    for epoch, learning_rate in enumerate(learning_rates):
        seen = {name: [] for name in ("L_A", "L_B", "beta_A", "beta_B")}
        if epoch == estimate_from:
            T = np.array([T_of(p[:, place]) for place in range(2)])
            behind, largest = np.sort(p, axis=0)[-2:]
            margin = (largest - behind).min()
        weighs, learns = epoch >= estimate_from, epoch >= revise_from
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            for place, (name, peer) in enumerate((("A", peer_A), ("B", peer_B))):
                z = peer.logits(x_i)
                M = T[place] + adams[place].value if weighs else np.eye(C)
                seen[f"L_{name}"].append(L_revision(q_i, z, M))
                seen[f"beta_{name}"].append((q_i * beta(z, M)).sum(axis=-1))
                if not weighs:
                    p[batch, place] = np.exp(eq.log_p(z))
                if learns:
                    adams[place].step(d_M(q_i, z, M))
                step = peer.d_weights(x_i, d_L_revision(q_i, z, M, learns) / len(batch))
                peer.sgd(step, learning_rate, momentum, decay)
        means = {name: np.concatenate(values).mean() for name, values in seen.items()}
        dT = np.array([adam.value for adam in adams])
        epochs.append({**means, "T": T.copy(), "dT": dT, "p": p.copy(), "margin": margin})
    return epochs
