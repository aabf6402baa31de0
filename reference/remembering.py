"""Trainings that remember what each network said of each example: ELR, Joint, truncated GCE."""

import numpy as np

from reference import compared, equations


def train_elr(
    peer_A, peer_B, x, q, batches, learning_rates, *, lam, beta, momentum=0.9, weight_decay=5e-4
):
    """Train both peers with ELR, each on its own, and say what happened in each epoch.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, weight_decay: as in
            `training.train`.
        lam, beta: weight of the second term, and how much of a target stays in a step.

    Returns:
        One dictionary an epoch: L_A, L_B, means over its samples, and t, the targets of both
        at its end, [n, 2, C].
    """
    t = np.zeros((len(x), 2, q.shape[1]))
    epochs = []
    for learning_rate in learning_rates:
        seen = {"L_A": [], "L_B": []}
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            for place, (L, peer) in enumerate((("L_A", peer_A), ("L_B", peer_B))):
                z = peer.logits(x_i)
                t[batch, place] = compared.t_ELR(t[batch, place], z, beta)
                seen[L].append(compared.L_ELR(q_i, z, t[batch, place], lam))
                dz = compared.d_L_ELR(q_i, z, t[batch, place], lam)
                step = peer.d_weights(x_i, dz / len(batch))
                peer.sgd(step, learning_rate, momentum, weight_decay)
        means = {name: np.concatenate(values).mean() for name, values in seen.items()}
        epochs.append({**means, "t": t.copy()})
    return epochs


def train_truncated(
    peer_A, peer_B, x, q, batches, learning_rates, *, k, threshold, start, momentum=0.9, decay=5e-4
):
    """Train both peers with truncated GCE, each on its own, and say what happened in each epoch.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, decay: as in `training.train`.
        k, threshold: of the loss.
        start: the share of the epochs in which nothing is left out.

    Returns:
        One dictionary an epoch: L_A, L_B, kept_A, kept_B, means over its samples; improbable,
        [n, 2] at its end; and `margin`, the least distance of a loss from that of the threshold.
    """
    improbable = np.zeros((len(x), 2), bool)
    epochs = []
    for t, learning_rate in enumerate(learning_rates, start=1):
        seen = {name: [] for name in ("L_A", "L_B", "kept_A", "kept_B")}
        margin = np.inf
        prunes = t / len(learning_rates) > start
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            for place, (name, peer) in enumerate((("A", peer_A), ("B", peer_B))):
                z = peer.logits(x_i)
                left_out = improbable[batch, place] & prunes
                seen[f"L_{name}"].append(compared.L_truncated(q_i, z, k, threshold, left_out))
                seen[f"kept_{name}"].append(~left_out)
                improbable[batch, place] = compared.is_improbable(q_i, z, k, threshold)
                least = (1.0 - threshold**k) / k
                margin = min(margin, np.abs(compared.L_GCE(q_i, z, k) - least).min())
                dz = compared.d_L_truncated(q_i, z, k, left_out)
                step = peer.d_weights(x_i, dz / len(batch))
                peer.sgd(step, learning_rate, momentum, decay)
        means = {name: np.concatenate(values).mean() for name, values in seen.items()}
        epochs.append({**means, "improbable": improbable.copy(), "margin": margin})
    return epochs


def train_joint(
    peer_A, peer_B, x, q, batches, learning_rates, *, alpha, beta, mu, update_from, retrain_from,
    momentum=0.9, decay=5e-4,
):  # fmt: skip
    """Train labels and weights together, then both peers again from these labels.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, decay: as in `training.train`.
        alpha, beta: weights of the loss.
        mu: how much of a running mean stays in a step.
        update_from: the share of the epochs in which labels are the given ones.
        retrain_from: the number of epochs of the first training.

    Returns:
        One dictionary an epoch: L_A, L_B, means over its samples; means, [n, 2, C] at its end.
    """
    means = np.zeros((len(x), 2, q.shape[1]))
    first = [[w.copy() for w in peer.weights] for peer in (peer_A, peer_B)]
    epochs = []
    for t, learning_rate in enumerate(learning_rates, start=1):
        seen = {"L_A": [], "L_B": []}
        again = t > retrain_from
        if t == retrain_from + 1:
            for peer, weights in zip((peer_A, peer_B), first, strict=True):
                peer.__init__(weights)
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            for place, (L, peer) in enumerate((("L_A", peer_A), ("L_B", peer_B))):
                z = peer.logits(x_i)
                s = q_i
                if again or t / len(learning_rates) > update_from:
                    s = means[batch, place] / means[batch, place].sum(axis=-1, keepdims=True)
                constants = (0.0, 0.0) if again else (alpha, beta)
                seen[L].append(compared.L_Joint(s, z, *constants))
                if not again:
                    p = np.exp(equations.log_p(z))
                    means[batch, place] = mu * means[batch, place] + (1.0 - mu) * p
                step = peer.d_weights(x_i, compared.d_L_Joint(s, z, *constants) / len(batch))
                peer.sgd(step, learning_rate, momentum, decay)
        total = {name: np.concatenate(values).mean() for name, values in seen.items()}
        epochs.append({**total, "means": means.copy()})
    return epochs
