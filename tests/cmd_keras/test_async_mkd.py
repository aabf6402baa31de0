"""AsyncMKD, eq. 2, trained by `MutualDistiller`, follows the reference weight by weight."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller
from reference import training
from tests import deviation
from tests.cmd_keras.test_trajectories import (
    BATCHES,
    RATES,
    TOLERANCE,
    Q,
    X,
    fit,
    keras_peer,
    start,
)


def distiller(clock, epsilon=0.4):
    peers = (keras_peer(start(12, seed)) for seed in (1, 2))
    model = MutualDistiller(*peers, clock=clock, method=cmdcore.AsyncMKD(epsilon))
    model.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    return model


@pytest.mark.parametrize("clock", ["step", "epoch"])
def test_training_follows_the_reference(clock):
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = training.train_async_mkd(
        *peers, X.astype(float), Q, BATCHES, RATES, epsilon=0.4, clock=clock
    )
    model = distiller(clock)
    logs = fit(model)
    for peer, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for found, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of AsyncMKD, weights / largest"
            deviation.check(what, found / scale, wanted / scale, TOLERANCE["float32"])
    # Both losses are logged in every epoch, whoever learned in it; `loss` is their mean.
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B"),
                         ("kept_a", "A"), ("kept_b", "B")):  # fmt: skip
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of AsyncMKD, logs", logs[name] / scale, wanted / scale, 1e-5)
    both = (np.array(logs["peer_a_loss"]) + logs["peer_b_loss"]) / 2
    np.testing.assert_allclose(logs["loss"], both, rtol=1e-5)
    if clock == "epoch":
        assert logs["kept_a"] == [1.0, 0.0, 1.0, 0.0, 1.0]


def test_they_go_on_taking_turns_where_a_training_was_stopped(tmp_path):
    class StopAfterThree(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    # 3 steps an epoch: the 4th begins with B.
    unbroken, broken = distiller("step"), distiller("step")
    fit(unbroken)
    fit(broken, StopAfterThree())
    broken.save(tmp_path / "stopped.keras")
    loaded = keras.models.load_model(tmp_path / "stopped.keras")
    assert loaded.method == cmdcore.AsyncMKD(0.4)
    fit(loaded, initial_epoch=3)
    for found, wanted in zip(loaded.get_weights(), unbroken.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
