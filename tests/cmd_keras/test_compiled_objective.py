"""With many classes TensorFlow compiles the objective; the numbers stay what they are."""

import itertools

import keras
import numpy as np
import pytest

import cmd_keras.train_step.tensorflow as step
from cmd_keras import CoupledSGD, MutualDistiller
from cmdcore import modes, self_kd

CLASSES = 2500


def trained(many_classes, monkeypatch, **arguments):
    """Weights and logs of three steps, the last of them with fewer samples."""
    monkeypatch.setattr(step, "_MANY_CLASSES", many_classes)
    keras.utils.set_random_seed(0)
    peers = [keras.Sequential([keras.Input((5,)), keras.layers.Dense(CLASSES)]) for _ in range(2)]
    distiller = MutualDistiller(*peers, **arguments)
    distiller.compile(CoupledSGD(1.0), metrics=["sparse_categorical_accuracy"])
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 5)).astype("float32") * 3
    y, weight = rng.integers(0, CLASSES, 20), rng.uniform(0.5, 2.0, 20).astype("float32")
    history = distiller.fit(
        x, y, batch_size=8, epochs=1, sample_weight=weight, shuffle=False, verbose=0
    )
    return distiller.get_weights(), history.history


@pytest.mark.parametrize(
    ("method", "mode"), zip(self_kd.SELF_KD, itertools.cycle(modes.MODES), strict=False)
)
def test_compiled_or_not_the_weights_are_the_same(method, mode, monkeypatch):
    plain, logs = trained(CLASSES + 1, monkeypatch, self_kd=method, mode=mode)
    compiled, compiled_logs = trained(CLASSES, monkeypatch, self_kd=method, mode=mode)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
    assert logs.keys() == compiled_logs.keys()
    for name, values in logs.items():
        np.testing.assert_allclose(values, compiled_logs[name], rtol=1e-5, err_msg=name)
    assert np.abs(plain[0]).max() > 0.1


def test_constant_targets_and_taught_predictions_are_compiled_alike(monkeypatch):
    arguments = {"constant_targets": True, "knowledge": "prediction", "mode": "all"}
    plain, _ = trained(CLASSES + 1, monkeypatch, **arguments)
    compiled, _ = trained(CLASSES, monkeypatch, **arguments)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
