"""MentorNet, trained by `MutualDistiller`, follows the reference weight by weight."""

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

# Of five epochs none has all examples: 18 % is over in the first, and in the last delta counts.
METHOD = cmdcore.MentorNet(rate=0.4, percentile=0.7, percentile_momentum=0.6)


def pair(hidden):
    distiller = MutualDistiller(*(keras_peer(start(hidden, s)) for s in (1, 2)), method=METHOD)
    distiller.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    return distiller


@pytest.mark.parametrize("hidden", [0, 12])
def test_training_follows_the_reference(hidden):
    peers = [training.Peer(start(hidden, seed)) for seed in (1, 2)]
    epochs = [
        selection.train_mentor_net(peer, X.astype(float), Q, BATCHES, RATES, percentile=0.7, d=0.6)
        for peer in peers
    ]
    logs = fit(distiller := pair(hidden))
    found = zip("ab", (distiller.peer_a, distiller.peer_b), peers, epochs, strict=True)
    for name, peer, expected, of_peer in found:
        assert min(epoch["margin"] for epoch in of_peer) > 1e-5, "losses too near to be ranked"
        for weights, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of MentorNet, weights / largest"
            deviation.check(what, weights / scale, wanted / scale, TOLERANCE["float32"])
        for log, symbol in ((f"peer_{name}_loss", "L"), (f"kept_{name}", "v")):
            wanted = np.array([epoch[symbol] for epoch in of_peer])
            scale = np.maximum(np.abs(wanted), 1.0)
            deviation.check(
                "trajectory of MentorNet, logs", logs[log] / scale, wanted / scale, 1e-5
            )
    wanted = [of_peer[-1]["m"] for of_peer in epochs]
    means = keras.ops.convert_to_numpy(distiller.means.of_both())
    deviation.check("trajectory of MentorNet, m", means[:, 0], wanted, 1e-5)
    np.testing.assert_allclose(means[:, 1], 1 - 0.6 ** (len(BATCHES) * len(RATES)), rtol=1e-5)
    # By the percentile of each batch it would be 61 of 90 in each epoch but the last.
    assert max(abs(kept - 61 / 90) for kept in logs["kept_a"][:4]) > 0.01


def test_another_training_begins_with_its_own_first_batch():
    distiller = pair(hidden=0)
    distiller.compile(CoupledSGD(0.0))
    rates = {"batch_size": 90, "shuffle": False, "verbose": 0}
    means = []
    for _ in range(2):
        distiller.fit(X.astype("float32"), Q.astype("float32"), **rates)
        means.append(keras.ops.convert_to_numpy(distiller.means.of_both()))
    np.testing.assert_array_equal(*means)
    np.testing.assert_allclose(means[0][:, 1], 0.4, rtol=1e-6)


def test_an_epoch_that_was_interrupted_is_trained_again(tmp_path):
    fit(unbroken := pair(hidden=12))

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(pair(hidden=12), keras.callbacks.BackupAndRestore(tmp_path / "backup"), Stop())
    again = pair(hidden=12)
    fit(again, keras.callbacks.BackupAndRestore(tmp_path / "backup"))
    for found, wanted in zip(again.get_weights(), unbroken.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
