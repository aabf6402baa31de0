"""With many classes TensorFlow compiles the objective; the numbers stay what they are."""

import itertools

import keras
import numpy as np
import pytest

import cmd_keras.train_step.tensorflow as step
import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller, NumberedDistiller
from cmdcore import modes, self_kd

CLASSES = 2500


def trained(many_classes, monkeypatch, examples=16, **arguments):
    """Weights and logs of an epoch with batches of 8: of 20 examples the last one holds 4."""
    monkeypatch.setattr(step, "_MANY_CLASSES", many_classes)
    keras.utils.set_random_seed(0)
    peers = [keras.Sequential([keras.Input((5,)), keras.layers.Dense(CLASSES)]) for _ in range(2)]
    distiller = MutualDistiller(*peers, **arguments)
    distiller.compile(CoupledSGD(1.0), metrics=["sparse_categorical_accuracy"])
    rng = np.random.default_rng(0)
    x = rng.normal(size=(examples, 5)).astype("float32") * 3
    y = rng.integers(0, CLASSES, examples)
    weight = rng.uniform(0.5, 2.0, examples).astype("float32")
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
    # Each size of a batch is compiled anew, for five seconds: that happens here.
    arguments = {"constant_targets": True, "knowledge": "prediction", "mode": "all", "examples": 20}
    plain, _ = trained(CLASSES + 1, monkeypatch, **arguments)
    compiled, _ = trained(CLASSES, monkeypatch, **arguments)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))


def test_what_is_remembered_is_compiled_alike(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 5)).astype("float32") * 3, rng.integers(0, 10, 16)

    def of_two_epochs(many_classes):
        monkeypatch.setattr(step, "_MANY_CLASSES", many_classes)
        keras.utils.set_random_seed(0)
        peers = [keras.Sequential([keras.Input((5,)), keras.layers.Dense(10)]) for _ in range(2)]
        distiller = NumberedDistiller(y, *peers, method="elr")
        distiller.compile(CoupledSGD(1.0))
        distiller.fit(x, np.arange(16), batch_size=8, epochs=2, shuffle=False, verbose=0)
        return distiller.get_weights(), distiller.memory.of_all()

    (plain, rows), (compiled, compiled_rows) = of_two_epochs(11), of_two_epochs(10)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
    np.testing.assert_allclose(rows, compiled_rows, atol=1e-5)
    np.testing.assert_allclose(rows.sum(axis=-1), 1 - 0.9**2, rtol=1e-4)


def test_what_is_estimated_is_compiled_alike(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 5)).astype("float32"), rng.integers(0, 10, 16)

    def of_three_phases(many_classes):
        monkeypatch.setattr(step, "_MANY_CLASSES", many_classes)
        keras.utils.set_random_seed(0)
        peers = [keras.Sequential([keras.Input((5,)), keras.layers.Dense(10)]) for _ in range(2)]
        method = cmdcore.TRevision(estimate_from=0.3, revise_from=0.6, revision_rate=0.01)
        distiller = NumberedDistiller(y, *peers, method=method)
        distiller.compile(CoupledSGD(0.1))
        distiller.fit(x, np.arange(16), batch_size=8, epochs=3, shuffle=False, verbose=0)
        return distiller.get_weights(), keras.ops.convert_to_numpy(distiller.matrices.of_both())

    (plain, matrices), (compiled, of_compiled) = of_three_phases(11), of_three_phases(10)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
    np.testing.assert_allclose(matrices[:, :2], of_compiled[:, :2], atol=1e-5)
    # Two steps of Adam.
    assert np.abs(matrices[:, 1]).max() > 0.015


def test_what_a_teacher_says_is_compiled_alike(monkeypatch):
    keras.utils.set_random_seed(1)
    teacher = keras.Sequential([keras.Input((5,)), keras.layers.Dense(CLASSES)])
    arguments = {"method": "t2s", "teacher": teacher}
    plain, logs = trained(CLASSES + 1, monkeypatch, **arguments)
    compiled, compiled_logs = trained(CLASSES, monkeypatch, **arguments)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
    assert logs["peer_a_loss"] == pytest.approx(compiled_logs["peer_a_loss"], rel=1e-5)


@pytest.mark.parametrize("method", [cmdcore.CoTeachingPlus(0.4), cmdcore.MentorNet(0.4)], ids=str)
def test_what_is_selected_is_compiled_alike(method, monkeypatch):
    # The only epoch of one is the end of training, where all that these methods do is done.
    plain, logs = trained(CLASSES + 1, monkeypatch, method=method)
    compiled, _ = trained(CLASSES, monkeypatch, method=method)
    for one, two in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1.0, np.abs(one).max()))
    assert 0 < logs["kept_a"][0] < 1


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_logits_of_half_precision_learn_alike_compiled_or_not(precision, monkeypatch):
    """Class 9 is thought impossible: its gradient is p, some 4e-9, and 0 in an unscaled float16."""

    def moved(many_classes):
        monkeypatch.setattr(step, "_MANY_CLASSES", many_classes)
        keras.utils.set_random_seed(0)
        bias = keras.initializers.Constant([0.0] * 9 + [-16.0])
        peers = [
            keras.Sequential([keras.Input((5,)), keras.layers.Dense(10, bias_initializer=bias)])
            for _ in range(2)
        ]
        distiller = MutualDistiller(*peers, self_kd="ce", mode="zero")
        distiller.compile(CoupledSGD(1e7, momentum=0.0))
        is_scaled = isinstance(distiller.optimizer, keras.optimizers.LossScaleOptimizer)
        assert is_scaled == (precision == "mixed_float16")
        assert peers[0].outputs[0].dtype == precision.removeprefix("mixed_")
        before = distiller.peer_a.get_weights()
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(8, 5)).astype("float32"), rng.integers(0, 9, 8)
        distiller.fit(x, y, batch_size=8, shuffle=False, verbose=0)
        after = distiller.peer_a.get_weights()
        return [(two - one)[..., 9] for one, two in zip(before, after, strict=True)]

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        plain, compiled = moved(11), moved(10)
    finally:
        keras.config.set_dtype_policy(policy)
    for one, two in zip(plain, compiled, strict=True):
        assert np.abs(one).max() > 0.005
        np.testing.assert_allclose(two, one, atol=1e-2 * np.abs(one).max())
