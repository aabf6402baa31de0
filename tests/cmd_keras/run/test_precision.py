import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest

from cmd_keras.errors import InputError
from cmd_keras.networks.standardize import standardize
from cmd_keras.run import TrainSettings, check, resolved, resume, train
from cmd_keras.run.devices.build import build_distiller
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.run.settings.precision import PRECISIONS, layers_in
from cmd_keras.run.settings.resolve import plan_for
from tests.cmd_keras.run import apart

MIXED = PRECISIONS[1:]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return TrainSettings(**apart.settings(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def whole(settings, tmp_path_factory):
    """The same run in float32."""
    folder = tmp_path_factory.mktemp("float32") / "run"
    train(settings, folder)
    return folder


@pytest.fixture(scope="module", params=MIXED)
def mixed(request, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "run"
    train(dataclasses.replace(settings, precision=request.param), folder)
    return request.param, folder


def test_layers_compute_in_it_and_weights_and_logits_stay_in_float32(mixed):
    precision, run = mixed
    for name in ("peer_a", "peer_b"):
        peer = keras.models.load_model(run / f"{name}.keras")
        convolution = peer.layers[2]
        assert convolution.compute_dtype == precision.removeprefix("mixed_")
        assert {weight.dtype for weight in peer.weights} == {"float32"}
    assert json.loads((run / "config.json").read_text())["settings"]["precision"] == precision
    assert keras.config.dtype_policy().name == "float32", "of what comes after the run"


def test_it_learns_what_float32_learns_within_two_percent(mixed, whole):
    whole, half = apart.rows(whole), apart.rows(mixed[1])
    assert [row["loss"] for row in half] == pytest.approx([r["loss"] for r in whole], rel=0.02)
    assert [row["loss"] for row in half] != [row["loss"] for row in whole]
    assert half[-1]["loss"] < half[0]["loss"] - 0.05


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(mixed, tmp_path):
    _, run = mixed
    stopped = shutil.copytree(run, tmp_path / "stopped")
    for name in ("metrics.json", "checkpoints/epoch-000003.npz"):
        (stopped / name).unlink()
    resume(stopped, trusted=[apart.NETWORK])
    # The scale of the loss is part of the state, where there is one.
    assert len(apart.state(run)) == len(apart.state(stopped))
    assert apart.deviation(run, stopped) == 0.0
    assert (run / "history.csv").read_text() == (stopped / "history.csv").read_text()


def test_the_loss_is_scaled_for_float16_alone(settings):
    kinds = {}
    for precision in PRECISIONS:
        chosen = dataclasses.replace(settings, precision=precision)
        dataset = read_data(chosen)
        distiller = build_distiller(plan_for(chosen, dataset), dataset)
        kinds[precision] = type(distiller.optimizer).__name__
    assert kinds == dict.fromkeys(PRECISIONS, "CoupledSGD") | {
        "mixed_float16": "LossScaleOptimizer"
    }


def test_what_keras_is_set_up_for_is_taken_and_written_down(settings):
    assert resolved(settings, (8, 8, 1)).precision == "float32"
    with layers_in("mixed_bfloat16"):
        assert resolved(settings, (8, 8, 1)).precision == "mixed_bfloat16"
    assert resolved(settings, (8, 8, 1)).precision == "float32"


def test_an_unknown_precision_is_refused(settings):
    with pytest.raises(InputError, match="Did you mean 'mixed_bfloat16'"):
        check(dataclasses.replace(settings, precision="mixed_bfloat61"))


@pytest.mark.parametrize("precision", MIXED)
def test_features_far_from_0_are_brought_to_1_scale_before_they_lose_digits(precision):
    """As numbers of half precision 1013 and 1015 are one, and 100,000 is infinite."""
    mean, deviation = np.array([1013.0, 50000.0, 1e5]), np.array([5.0, 8.0, 3e4])
    x = np.random.default_rng(0).normal(mean, deviation, (500, 3)).astype("float32")
    keras.config.set_dtype_policy(precision)
    try:
        inputs = keras.Input((3,))
        network = keras.Model(inputs, standardize(inputs, mean, deviation**2))
    finally:
        keras.config.set_dtype_policy("float32")
    found = network.predict(x, verbose=0)
    np.testing.assert_allclose(found, (x - mean) / deviation, atol=0.02)
