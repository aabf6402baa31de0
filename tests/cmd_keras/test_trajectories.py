"""`MutualDistiller.fit` follows the reference trainer, weight by weight, for five epochs."""

import itertools

import keras
import numpy as np
import pytest

from cmd_keras import CoupledSGD, MutualDistiller
from cmdcore import modes, self_kd
from reference import training
from tests import deviation
from tests.cmd_keras.peers import digits

EPOCHS, BATCH = 5, 32
X, Y = digits(90)  # the last batch of an epoch holds 26
Q = np.eye(10)[(Y + (np.arange(90) % 5 == 0)) % 10]  # every fifth label is wrong
BATCHES = [np.arange(90)[i : i + BATCH] for i in range(0, 90, BATCH)]
RATES = [0.2, 0.2, 0.05, 0.05, 0.01]
MODES = {
    "zero": {},
    "all": {},
    "static": {"eta": 1.15},
    "progressive": {"eta": 1.05, "b2": -1.0},
}
SELF_KD = {
    "ce": {},
    "ls": {"epsilon": 0.2},
    "cp": {"epsilon": 0.15},
    "boot-soft": {"epsilon": 0.3},
    "proselflc": {"b1": 6.0},
    "mconf": {"b1": 12.0, "rho": 0.1},
}
# Rounding of one float32 step is about eps of the largest weight; fifteen steps
# with momentum 0.9 (which sums ten of them) and a loss of curvature below 1
# leave two decimal digits of room: 1e-5 of the largest weight.
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


def start(hidden, seed):
    """Weights of a linear peer (hidden = 0) or of one with a hidden layer."""
    rng = np.random.default_rng(seed)
    widths = [64, *([hidden] if hidden else []), 10]
    weights = []
    for n, m in itertools.pairwise(widths):
        # Large enough for entropies on both sides of the threshold from the start.
        weights += [rng.normal(0, 2.0 / np.sqrt(n), (n, m)), rng.normal(0, 0.1, m)]
    return [w.astype(np.float32) for w in weights]


def keras_peer(weights):
    layers = [keras.Input((64,))]
    if len(weights) == 4:
        layers.append(keras.layers.Dense(weights[0].shape[1], activation="relu"))
    peer = keras.Sequential([*layers, keras.layers.Dense(10)])
    peer.set_weights(weights)
    return peer


def fit(model, *callbacks, **options):
    """The logs of all epochs of both peers on these data, at these rates."""
    rates = keras.callbacks.LearningRateScheduler(lambda epoch, _: RATES[epoch])
    return model.fit(
        X.astype("float32"), Q.astype("float32"), batch_size=BATCH, epochs=EPOCHS, shuffle=False,
        verbose=0, callbacks=[rates, *callbacks], **options,
    ).history  # fmt: skip


def run_both(self_kd_name, mode_name, hidden=0, knowledge="refined", dtype="float32", **options):
    """`(history, distiller, epochs, peers)` of Keras and of the reference."""
    of_self_kd, of_mode = SELF_KD[self_kd_name], MODES[mode_name]
    weights = [start(hidden, seed) for seed in (1, 2)]
    peers = [training.Peer(w) for w in weights]
    sample_weight = options.pop("sample_weight", None)
    epochs = training.train(
        *peers,
        X.astype(np.float64),
        Q,
        BATCHES,
        RATES,
        self_kd=self_kd_name,
        mode=mode_name,
        constants={**of_self_kd, **of_mode},
        knowledge=knowledge,
        sample_weight=sample_weight,
        **options,
    )
    distiller = MutualDistiller(
        *(keras_peer(w) for w in weights),
        self_kd=self_kd.SELF_KD[self_kd_name](**of_self_kd),
        mode=modes.MODES[mode_name](**of_mode),
        knowledge=knowledge,
        **options,
    )
    distiller.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    history = distiller.fit(
        X.astype(dtype),
        Q.astype(dtype),
        sample_weight=sample_weight,
        batch_size=BATCH,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch, _: RATES[epoch])],
    ).history
    return history, distiller, epochs, peers


def compare(what, history, distiller, epochs, peers, dtype="float32"):
    tolerance = TOLERANCE[dtype]
    margin = min(epoch["margin"] for epoch in epochs)
    assert margin > 1e-5, "an entropy lies too near chi for float32 to tell on which side"
    for peer, expected in zip((distiller.peer_a, distiller.peer_b), peers, strict=True):
        for found, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            deviation.check(f"{what}, weights / largest", found / scale, wanted / scale, tolerance)
    for name, symbol in (
        ("peer_a_loss", "L_A"),
        ("peer_b_loss", "L_B"),
        ("peer_a_certainty", "r_A"),
        ("peer_b_certainty", "r_B"),
        ("threshold", "chi"),
        ("a_to_b", "A2B"),
        ("b_to_a", "B2A"),
    ):
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.where(np.isfinite(wanted), np.maximum(np.abs(wanted), 1.0), 1.0)
        deviation.check(f"{what}, logs", history[name] / scale, wanted / scale, tolerance)


@pytest.mark.parametrize("knowledge", ["refined", "prediction"])
@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize("method", list(SELF_KD))
def test_linear_peers_follow_the_reference(method, mode, knowledge):
    result = run_both(method, mode, knowledge=knowledge)
    if mode in ("static", "progressive"):
        shares = [epoch[way] for epoch in result[2] for way in ("A2B", "B2A")]
        assert 0.05 < np.mean(shares) < 0.95, "the threshold must divide the samples"
    compare("trajectory, linear", *result)


@pytest.mark.parametrize(
    ("method", "mode", "knowledge"),
    [
        ("ce", "progressive", "prediction"),
        ("ls", "static", "refined"),
        ("cp", "progressive", "refined"),
        ("boot-soft", "all", "refined"),
        ("proselflc", "static", "prediction"),
        ("mconf", "zero", "refined"),
        ("mconf", "progressive", "refined"),
    ],
)
def test_peers_with_a_hidden_layer_follow_the_reference(method, mode, knowledge):
    result = run_both(method, mode, hidden=12, knowledge=knowledge)
    compare("trajectory, one hidden layer", *result)


@pytest.mark.parametrize("method", ["cp", "boot-soft", "proselflc", "mconf"])
def test_constant_targets_follow_the_reference(method):
    result = run_both(method, "static", hidden=12, constant_targets=True)
    compare("trajectory, constant targets", *result)


def test_sample_weights_follow_the_reference():
    weight = np.linspace(0, 2, len(X)).astype("float32")
    result = run_both("mconf", "progressive", hidden=12, sample_weight=weight)
    compare("trajectory, sample weights", *result)


@pytest.fixture
def float64():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.mark.skipif(
    keras.backend.result_type("float64", "float64") != "float64",
    reason="on this backend Keras itself computes float64 layers in float32",
)
@pytest.mark.parametrize(
    ("method", "mode", "knowledge"),
    [
        ("ce", "zero", "refined"),
        ("ls", "all", "refined"),
        ("cp", "static", "refined"),
        ("boot-soft", "progressive", "prediction"),
        ("proselflc", "static", "prediction"),
        ("mconf", "progressive", "refined"),
    ],
)
def test_in_float64_only_rounding_is_left(float64, method, mode, knowledge):
    result = run_both(method, mode, hidden=12, knowledge=knowledge, dtype="float64")
    assert result[1].peer_a.get_weights()[0].dtype == np.float64
    compare("trajectory, float64", *result, dtype="float64")


def test_taking_up_training_follows_the_reference(tmp_path):
    """Three epochs, save, load, two more: the clock, r and the velocities go on."""
    unbroken, distiller, epochs, peers = run_both("mconf", "progressive", hidden=12)
    compare("trajectory, unbroken", unbroken, distiller, epochs, peers)
    broken = MutualDistiller(
        *(keras_peer(start(12, seed)) for seed in (1, 2)),
        self_kd=self_kd.Mconf(**SELF_KD["mconf"]),
        mode=modes.Progressive(**MODES["progressive"]),
    )
    broken.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))

    class StopAfterThree(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    rates = keras.callbacks.LearningRateScheduler(lambda epoch, _: RATES[epoch])
    data = {"x": X, "y": Q.astype("float32"), "batch_size": BATCH, "epochs": EPOCHS}
    broken.fit(**data, shuffle=False, verbose=0, callbacks=[rates, StopAfterThree()])
    broken.save(tmp_path / "stopped.keras")
    loaded = keras.models.load_model(tmp_path / "stopped.keras")
    loaded.fit(**data, shuffle=False, verbose=0, callbacks=[rates], initial_epoch=3)
    for found, wanted in zip(loaded.get_weights(), distiller.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
