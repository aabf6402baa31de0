"""CDR edits the gradients of a step as its paper says, peer by peer, on each backend."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller
from reference import compared
from reference import equations as eq

RATE, LEARNING_RATE, EPOCHS = 0.4, 0.5, 4
X = np.random.default_rng(0).normal(size=(8, 5)).astype("float32")
Q = np.eye(3, dtype="float32")[np.arange(8) % 3]


def peers():
    found = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        peer = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
        peer.set_weights([rng.normal(size=(5, 3)), rng.normal(size=3)])
        found.append(peer)
    return found


def trained(method, **options):
    distiller = MutualDistiller(*peers(), method=method)
    distiller.compile(CoupledSGD(LEARNING_RATE, **options))
    distiller.fit(X, Q, batch_size=8, epochs=EPOCHS, shuffle=False, verbose=0)
    return [peer.get_weights() for peer in (distiller.peer_a, distiller.peer_b)]


def test_steps_are_those_of_the_reference_while_the_rate_rises():
    method = cmdcore.CDR(rate=RATE, warmup=0.5)
    found = trained(method, momentum=0.0, weight_decay=0.1)
    for peer, weights in zip(peers(), found, strict=True):
        kernel, bias = (w.astype(float) for w in peer.get_weights())
        for epoch in range(1, EPOCHS + 1):
            d_z = (np.exp(eq.log_p(X @ kernel + bias)) - Q) / len(X)
            gradients = X.T @ d_z, d_z.sum(axis=0)
            R = RATE * min(1.0, epoch / EPOCHS / 0.5)
            of_kernel, of_bias = compared.edited_CDR(gradients, (kernel, bias), R)
            assert (of_kernel == 0).mean() == pytest.approx(R, abs=1 / 15 + 1e-9)
            kernel = kernel - LEARNING_RATE * (of_kernel + 0.1 * kernel)
            bias = bias - LEARNING_RATE * (of_bias + 0.1 * bias)
        np.testing.assert_allclose(weights[0], kernel, atol=1e-5)
        np.testing.assert_allclose(weights[1], bias, atol=1e-5)


def test_with_a_rate_of_0_it_is_cross_entropy():
    plain = trained(cmdcore.CMD("ce", "zero"), momentum=0.9)
    for one, two in zip(plain, trained(cmdcore.CDR(rate=0.0), momentum=0.9), strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


def test_it_is_saved_with_a_distiller(tmp_path):
    distiller = MutualDistiller(*peers(), method=cmdcore.CDR(rate=0.3, warmup=0.2))
    distiller.compile(CoupledSGD(0.1))
    distiller.save(tmp_path / "cdr.keras")
    assert keras.models.load_model(tmp_path / "cdr.keras").method == cmdcore.CDR(0.3, 0.2)


@pytest.mark.parametrize(
    ("constants", "said"),
    [({"rate": 1.0}, r"rate must lie in \[0, 1\)"), ({"rate": 0.1, "warmup": 0.0}, "warmup")],
)
def test_a_constant_out_of_range_is_refused(constants, said):
    with pytest.raises(ValueError, match=said):
        cmdcore.CDR(**constants)
