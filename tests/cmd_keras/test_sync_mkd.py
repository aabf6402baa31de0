"""SyncMKD, eq. 3, trained by `MutualDistiller`, follows the reference weight by weight."""

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


@pytest.mark.parametrize(("epsilon", "hidden"), [(0.3, 0), (0.5, 12), (0.9, 12)])
def test_training_follows_the_reference(epsilon, hidden):
    weights = [start(hidden, seed) for seed in (1, 2)]
    peers = [training.Peer(w) for w in weights]
    epochs = training.train_sync_mkd(*peers, X.astype(float), Q, BATCHES, RATES, epsilon=epsilon)
    distiller = MutualDistiller(
        *(keras_peer(w) for w in weights), method=cmdcore.SyncMKD(epsilon=epsilon)
    )
    distiller.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    logs = fit(distiller)
    for peer, expected in zip((distiller.peer_a, distiller.peer_b), peers, strict=True):
        for found, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of SyncMKD, weights / largest"
            deviation.check(what, found / scale, wanted / scale, TOLERANCE["float32"])
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B"),
                         ("peer_a_entropy", "H_A"), ("peer_b_entropy", "H_B")):  # fmt: skip
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of SyncMKD, logs", logs[name] / scale, wanted / scale, 1e-5)
    assert "threshold" not in logs
    assert "a_to_b" not in logs


def test_a_saved_pair_keeps_its_method(tmp_path):
    distiller = MutualDistiller(*(keras_peer(start(0, s)) for s in (1, 2)), method="sync-mkd")
    assert distiller.method == cmdcore.SyncMKD(epsilon=0.5)
    distiller = MutualDistiller(
        distiller.peer_a, distiller.peer_b, method=cmdcore.SyncMKD(epsilon=0.2)
    )
    distiller.compile("sgd")
    distiller.save(tmp_path / "pair.keras")
    assert keras.models.load_model(tmp_path / "pair.keras").method == cmdcore.SyncMKD(epsilon=0.2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"method": "sync"},
            "method must be one of 'cmd', 'sync-mkd', 'async-mkd', 't2s', 'kdcl', 't",
        ),
        ({"method": "gce", "mode": "zero"}, "mode has no effect with method='gce'"),
        ({"method": "sync-mkd", "mode": "zero"}, "mode has no effect with method='sync-mkd'"),
        ({"method": cmdcore.CMD(), "self_kd": "ce"}, "self_kd has no effect"),
        ({"method": "cmd", "knowledge": "all"}, "knowledge must be one of 'refined', 'prediction'"),
    ],
)
def test_a_method_that_does_not_exist_or_does_not_listen_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        MutualDistiller(*(keras_peer(start(0, s)) for s in (1, 2)), **arguments)


def test_what_a_method_measures_without_naming_it_is_no_silent_loss():
    class Talkative(cmdcore.SyncMKD):
        measures = ()

    distiller = MutualDistiller(*(keras_peer(start(0, s)) for s in (1, 2)), method=Talkative())
    distiller.compile("sgd")
    with pytest.raises(ValueError, match=r"peer_a_certainty, peer_a_entropy.*has no mean"):
        distiller.fit(X.astype("float32"), Q.astype("float32"), epochs=1, verbose=0)
