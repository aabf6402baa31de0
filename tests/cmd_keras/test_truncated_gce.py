"""Truncated GCE, trained by `NumberedDistiller`: weights, and what is left out, as the reference."""

import numpy as np
import pytest

import cmdcore
from reference import remembering, training
from tests import deviation
from tests.cmd_keras.test_elr import BATCHES, check_taken_up, distiller, fit
from tests.cmd_keras.test_trajectories import RATES, TOLERANCE, Q, X, start

# The first of five epochs learns all.
METHOD = cmdcore.TruncatedGCE(q=0.3, k=0.1, start_prune=0.2)


def reference():
    """Two peers that were trained, and what happened in each epoch."""
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = remembering.train_truncated(
        *peers, X.astype(float), Q, BATCHES, RATES, k=0.3, threshold=0.1, start=0.2
    )
    return peers, epochs


@pytest.fixture(scope="module")
def trained():
    """A distiller that was trained, and its logs."""
    model = distiller(METHOD)
    return model, fit(model)


def test_training_follows_the_reference(trained):
    peers, epochs = reference()
    assert min(epoch["margin"] for epoch in epochs) > 1e-5, "losses too near to the threshold's"
    model, logs = trained
    for found, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for one, wanted in zip(found.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of truncated GCE, weights / largest"
            deviation.check(what, one / scale, wanted / scale, TOLERANCE["float32"])
    assert np.array_equal(model.memory.of_all(), epochs[-1]["improbable"].astype(float))
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B"),
                         ("kept_a", "kept_A"), ("kept_b", "kept_B")):  # fmt: skip
        wanted = np.array([epoch[symbol] for epoch in epochs])
        deviation.check("trajectory of truncated GCE, logs", logs[name], wanted, 1e-5)
    assert logs["kept_a"][0] == 1.0
    assert all(0.3 < kept < 0.6 for kept in logs["kept_a"][1:])


def test_some_that_were_left_out_come_back():
    """Others are learned, and what is like them becomes probable."""
    _, epochs = reference()
    before, after = (epoch["improbable"] for epoch in epochs[1:3])
    assert (before & ~after).any()


def test_taking_up_a_training_goes_on_with_what_is_left_out(trained, tmp_path):
    check_taken_up(trained[0], tmp_path)
