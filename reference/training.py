"""A whole training run of CMD in float64: two small classifiers, every gradient by hand.

Nothing is drawn at random: weights, labels and the order of the samples are
given, so that another implementation can be held against it weight by weight.
"""

import numpy as np

from reference import equations as eq
from reference import gradients


class Peer:
    """A softmax classifier, linear or with one hidden layer of rectified units.

    Args:
        weights: [W, b], or [W_1, b_1, W_2, b_2]; z = relu(x W_1 + b_1) W_2 + b_2.
    """

    def __init__(self, weights):
        self.weights = [np.array(w, np.float64) for w in weights]
        self.velocities = [np.zeros_like(w) for w in self.weights]

    def logits(self, x):
        """The logits z, [n, C]."""
        return self._hidden(x) @ self.weights[-2] + self.weights[-1]

    def d_weights(self, x, dz):
        """The gradient of every weight, for the gradient dz of the logits."""
        hidden = self._hidden(x)
        last = [hidden.T @ dz, dz.sum(axis=0)]
        if len(self.weights) == 2:
            return last
        d_hidden = np.where(hidden > 0, dz @ self.weights[2].T, 0.0)
        return [x.T @ d_hidden, d_hidden.sum(axis=0), *last]

    def _hidden(self, x):
        if len(self.weights) == 2:
            return x
        return np.maximum(x @ self.weights[0] + self.weights[1], 0.0)

    def sgd(self, d_weights, learning_rate, momentum, weight_decay):
        """One step of SGD with momentum and coupled weight decay (appendix A.2)."""
        for w, v, d in zip(self.weights, self.velocities, d_weights, strict=True):
            v[...] = momentum * v + d + weight_decay * w
            w -= learning_rate * v


def train_sync_mkd(
    peer_A, peer_B, x, q, batches, learning_rates, *, epsilon, momentum=0.9, weight_decay=5e-4
):
    """Train both peers with SyncMKD, eq. 3, and say what happened in each epoch.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, weight_decay: as in `train`.
        epsilon: weight of the peer.

    Returns:
        One dictionary an epoch: L_A, L_B, H_A, H_B, means over its samples.
    """
    epochs = []
    for learning_rate in learning_rates:
        seen = {name: [] for name in ("L_A", "L_B", "H_A", "H_B")}
        for batch in batches:
            x_i, q_i = x[batch], q[batch]
            z_A, z_B = peer_A.logits(x_i), peer_B.logits(x_i)
            seen["L_A"].append(eq.L_T2SKD(q_i, z_A, z_B, epsilon))
            seen["L_B"].append(eq.L_T2SKD(q_i, z_B, z_A, epsilon))
            seen["H_A"].append(eq.H(np.exp(eq.log_p(z_A))))
            seen["H_B"].append(eq.H(np.exp(eq.log_p(z_B))))
            dz_A = gradients.d_L_T2SKD(q_i, z_A, z_B, epsilon)
            dz_B = gradients.d_L_T2SKD(q_i, z_B, z_A, epsilon)
            for peer, dz in ((peer_A, dz_A), (peer_B, dz_B)):
                step = peer.d_weights(x_i, dz / len(batch))
                peer.sgd(step, learning_rate, momentum, weight_decay)
        epochs.append({name: np.concatenate(values).mean() for name, values in seen.items()})
    return epochs


def train_async_mkd(
    peer_A,
    peer_B,
    x,
    q,
    batches,
    learning_rates,
    *,
    epsilon,
    clock,
    momentum=0.9,
    weight_decay=5e-4,
):
    """Train both peers with AsyncMKD, eq. 2, and say what happened in each epoch.

    The one that rests has no gradient; its momentum and weight decay go on.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, weight_decay: as in `train`.
        epsilon: weight of the peer.
        clock: "step" or "epoch", what t counts from 1.

    Returns:
        One dictionary an epoch: L_A, L_B, A and B, means over its samples, where A is 1 for
        those that A learned from.
    """
    epochs, step = [], 0
    for epoch, learning_rate in enumerate(learning_rates, start=1):
        seen = {name: [] for name in ("L_A", "L_B", "A", "B")}
        for batch in batches:
            step += 1
            learns_A = (step if clock == "step" else epoch) % 2 == 1
            x_i, q_i = x[batch], q[batch]
            z_A, z_B = peer_A.logits(x_i), peer_B.logits(x_i)
            for name, peer, z, z_t, learns in (
                ("A", peer_A, z_A, z_B, learns_A),
                ("B", peer_B, z_B, z_A, not learns_A),
            ):
                seen[f"L_{name}"].append(eq.L_T2SKD(q_i, z, z_t, epsilon))
                seen[name].append(np.full(len(batch), float(learns)))
                dz = learns * gradients.d_L_T2SKD(q_i, z, z_t, epsilon)
                d_weights = peer.d_weights(x_i, dz / len(batch))
                peer.sgd(d_weights, learning_rate, momentum, weight_decay)
        epochs.append({name: np.concatenate(values).mean() for name, values in seen.items()})
    return epochs


def train_t2s(
    peer_A, peer_B, x, q, batches, learning_rates, *, epsilon, z_t, momentum=0.9, weight_decay=5e-4
):
    """Train both peers with T2S KD, eq. 1, each on its own, and say what happened in each epoch.

    Args:
        peer_A, peer_B, x, q, batches, learning_rates, momentum, weight_decay: as in `train`.
        epsilon: weight of the teacher.
        z_t: logits of the teacher, which does not learn, [n, C].

    Returns:
        One dictionary an epoch: L_A, L_B, means over its samples.
    """
    epochs = []
    for learning_rate in learning_rates:
        seen = {"L_A": [], "L_B": []}
        for batch in batches:
            for L, peer in (("L_A", peer_A), ("L_B", peer_B)):
                z = peer.logits(x[batch])
                seen[L].append(eq.L_T2SKD(q[batch], z, z_t[batch], epsilon))
                dz = gradients.d_L_T2SKD(q[batch], z, z_t[batch], epsilon)
                step = peer.d_weights(x[batch], dz / len(batch))
                peer.sgd(step, learning_rate, momentum, weight_decay)
        epochs.append({name: np.concatenate(values).mean() for name, values in seen.items()})
    return epochs


def train(
    peer_A,
    peer_B,
    x,
    q,
    batches,
    learning_rates,
    *,
    self_kd,
    mode,
    constants,
    knowledge="refined",
    constant_targets=False,
    sample_weight=None,
    momentum=0.9,
    weight_decay=5e-4,
    first_epoch=1,
    r=(0.0, 0.0),
):
    """Train both peers and say what happened in each epoch.

    Args:
        peer_A, peer_B: `Peer`; they are changed.
        x: inputs, [n, d].
        q: annotated labels, [n, C].
        batches: index arrays of the batches of an epoch, in order.
        learning_rates: one for each of the Gamma epochs.
        self_kd: a column of table 2.
        mode: "zero", "all", "static" or "progressive".
        constants: epsilon, b1, rho, eta and b2, as far as the two have them.
        knowledge: "refined" (eq. 8) or "prediction".
        constant_targets: hold p inside one's own q~ constant.
        sample_weight: [n], multiplies both losses of a sample.
        momentum, weight_decay: of SGD.
        first_epoch: t to begin with.
        r: certainties of A and B before the first epoch trained.

    Returns:
        One dictionary an epoch: L_A, L_B, r_A, r_B, chi, A2B, B2A, and `margin`,
        the least distance of any entropy from chi.
    """
    C, Gamma = q.shape[1], len(learning_rates)
    of_self_kd = {k: v for k, v in constants.items() if k in ("epsilon", "b1", "rho")}
    choices = {"knowledge": knowledge, "constant": constant_targets}
    weight = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    r_A, r_B = r
    epochs = []
    for t in range(first_epoch, Gamma + 1):
        chi = eq.chi_of_mode(mode, t, Gamma, C, eta=constants.get("eta"), b2=constants.get("b2"))
        seen = {name: [] for name in ("L_A", "L_B", "H_A", "H_B")}
        for batch in batches:
            x_i, q_i, w_i = x[batch], q[batch], weight[batch, None]
            z_A, z_B = peer_A.logits(x_i), peer_B.logits(x_i)
            q_A, k_A, d_A = _alone(self_kd, q_i, z_A, t, Gamma, r_A, **choices, **of_self_kd)
            q_B, k_B, d_B = _alone(self_kd, q_i, z_B, t, Gamma, r_B, **choices, **of_self_kd)
            dz_A, _ = gradients.d_L_A(d_A, k_B, z_A, z_B, chi)
            dz_B, _ = gradients.d_L_A(d_B, k_A, z_B, z_A, chi)
            seen["L_A"].append(w_i[:, 0] * eq.L_A(q_A, k_B, z_A, z_B, chi))
            seen["L_B"].append(w_i[:, 0] * eq.L_A(q_B, k_A, z_B, z_A, chi))
            seen["H_A"].append(eq.H(np.exp(eq.log_p(z_A))))
            seen["H_B"].append(eq.H(np.exp(eq.log_p(z_B))))
            for peer, dz in ((peer_A, dz_A), (peer_B, dz_B)):
                # The mean over the whole batch (appendix C).
                step = peer.d_weights(x_i, w_i * dz / len(batch))
                peer.sgd(step, learning_rates[t - 1], momentum, weight_decay)
        epochs.append(_of_epoch(seen, chi, C))
        r_A, r_B = epochs[-1]["r_A"], epochs[-1]["r_B"]
    return epochs


def _alone(self_kd, q, z, t, Gamma, r, *, knowledge, constant, **constants):
    """One peer's refined label, what it teaches, and the gradient of what it tells itself."""
    refined = eq.refined_label(self_kd, q, z, t, Gamma, r, **constants)
    d_self = gradients.d_self_kd(self_kd, q, z, t, Gamma, r, constant=constant, **constants)
    taught = np.exp(eq.log_p(z)) if knowledge == "prediction" else refined
    return refined, taught, d_self


def _of_epoch(seen, chi, C):
    """What is said of an epoch in which these losses and entropies were seen."""
    seen = {name: np.concatenate(values) for name, values in seen.items()}
    r_A, r_B = (1 - seen[H].sum() / (len(seen[H]) * eq.H_u(C)) for H in ("H_A", "H_B"))
    entropies = np.concatenate([seen["H_A"], seen["H_B"]])
    return {
        "L_A": seen["L_A"].mean(),
        "L_B": seen["L_B"].mean(),
        "r_A": r_A,
        "r_B": r_B,
        "chi": chi,
        "A2B": (seen["H_A"] < chi).mean(),
        "B2A": (seen["H_B"] < chi).mean(),
        "margin": np.abs(entropies - chi).min(),
    }
