"""Co-teaching, trained by `MutualDistiller`, follows the reference weight by weight."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller
from reference import selection, training
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

# Of 32 examples 29, 26, 22, 19 and 19 are kept, and of the last 26 fewer.
METHOD = cmdcore.CoTeaching(rate=0.4, warmup=0.8)
# It rises, and comes down again.
SEARCHED = (0.3, 0.6, 0.3, 0.1, 2.0, 1.0, 0.1, 0.6, 0.05, 0.8, 0.4, 0.3)
SCHEDULES = [
    (METHOD, lambda t, gamma: selection.R(t, gamma, 0.4, 0.8, 1.0), [0.9, 0.8, 0.7, 0.6, 0.6]),
    (
        cmdcore.S2E(*SEARCHED),
        lambda t, gamma: selection.R_S2E(t, gamma, SEARCHED),
        [0.41, 0.35, 0.36, 0.42, 0.51],
    ),
]


def pair(hidden, method=METHOD):
    distiller = MutualDistiller(*(keras_peer(start(hidden, s)) for s in (1, 2)), method=method)
    distiller.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    return distiller


@pytest.mark.parametrize("hidden", [0, 12])
@pytest.mark.parametrize(("method", "forgotten", "kept"), SCHEDULES, ids=["co-teaching", "s2e"])
def test_training_follows_the_reference(method, forgotten, kept, hidden):
    peers = [training.Peer(start(hidden, seed)) for seed in (1, 2)]
    epochs = selection.train_co_teaching(
        *peers, X.astype(float), Q, BATCHES, RATES, forgotten=forgotten
    )
    assert min(epoch["margin"] for epoch in epochs) > 1e-5, "losses too near to be ranked"
    logs = fit(distiller := pair(hidden, method))
    for peer, expected in zip((distiller.peer_a, distiller.peer_b), peers, strict=True):
        for found, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of Co-teaching, weights / largest"
            deviation.check(what, found / scale, wanted / scale, TOLERANCE["float32"])
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B"),
                         ("kept_a", "kept_A"), ("kept_b", "kept_B")):  # fmt: skip
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of Co-teaching, logs", logs[name] / scale, wanted / scale, 1e-5)
    assert logs["kept_a"] == pytest.approx(kept, abs=0.03)


def test_an_epoch_that_was_interrupted_is_trained_again(tmp_path):
    fit(unbroken := pair(hidden=12))

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if (self.epoch, batch) == (2, 1):
                raise KeyboardInterrupt

    broken = pair(hidden=12)
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        fit(broken, backup, Stop())
    again = pair(hidden=12)
    history = fit(again, keras.callbacks.BackupAndRestore(tmp_path / "backup"))
    assert len(history["loss"]) == 3, "two of five epochs had been finished"
    for found, wanted in zip(again.get_weights(), unbroken.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_saved_pair_keeps_rate_and_matrix(tmp_path):
    T = ((0.8, 0.2), (0.1, 0.9))
    for method in (METHOD, cmdcore.Forward(T)):
        distiller = MutualDistiller(*(keras_peer(start(0, s)) for s in (1, 2)), method=method)
        distiller.compile("sgd")
        distiller.save(tmp_path / "pair.keras")
        assert keras.models.load_model(tmp_path / "pair.keras").method == method
