"""On several devices a run follows that on one, step by step."""

import json
import shutil

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

import cmdcore
from cmd_keras.errors import InputError
from cmd_keras.run.devices.choose import strategy_named
from cmd_keras.run.devices.one_device import OneDevice
from reference import equations as eq
from reference import selection
from tests.cmd_keras.run import apart
from tests.forked import Forks

DEVICES = (1, 2, 3)
TOLERANCE = 1e-5


def orders(folder, devices):
    # 153 = 4 · 38 + 1: in the last batch all devices but one have no example.
    settings = apart.settings(folder, strategy="mirrored", batch_size=38, epochs=2)
    taught = {**settings, "method": "t2s", "teacher": str(folder / "normalised-1"), "epochs": 1}
    taught = {name: value for name, value in taught.items() if name not in ("mode", "eta")}
    of_two = [
        {"averaged": str(folder / "averaged.npz")},
        {"settings": taught, "output": str(folder / f"taught-{devices}")},
    ]
    return [
        {"weighted": str(folder / f"weighted-{devices}.npz")},
        {"settings": settings, "output": str(folder / f"normalised-{devices}")},
        *{1: of_two[1:], 2: of_two, 3: []}[devices],
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs on 1, 2 and 3 logical devices of the CPU; and one that was stopped on 3."""
    folder = tmp_path_factory.mktemp("mirrored")
    # oneDNN gives an empty batch the channels of its input, and a replica's share may be
    # empty. GPUs do not have it.
    with Forks(TF_ENABLE_ONEDNN_OPTS="0") as forks:

        def obeyed(orders, devices):
            forks.start("tests.cmd_keras.run.apart:obey", folder, orders=orders, devices=devices)
            assert forks.wait() == 0, (folder / "errors").read_text()

        for devices in DEVICES:
            obeyed(orders(folder, devices), devices)
        stopped = shutil.copytree(folder / "normalised-3", folder / "stopped-3")
        for name in ("metrics.json", "checkpoints/epoch-000002.npz"):
            (stopped / name).unlink()
        obeyed([{"output": str(stopped)}], 3)
        assert "continuing after epoch 1" in (folder / "said").read_text()
    return folder


@pytest.mark.parametrize("devices", DEVICES[1:])
def test_weights_statistics_and_velocities_follow_one_device(folder, devices):
    one, several = folder / "normalised-1", folder / f"normalised-{devices}"
    assert apart.deviation(one, several) < TOLERANCE
    # A network that does not learn would follow itself.
    assert apart.rows(several)[-1]["loss"] < apart.rows(several)[0]["loss"] - 0.01


def test_a_teacher_stands_on_every_device_and_stays_as_it_is(folder):
    assert apart.deviation(folder / "taught-1", folder / "taught-2") < TOLERANCE
    one, two = (apart.rows(folder / f"taught-{devices}")[-1] for devices in (1, 2))
    assert two["teacher_accuracy"] == pytest.approx(one["teacher_accuracy"])
    of_teacher = keras.saving.load_model(folder / "normalised-1/peer_a.keras").get_weights()
    kept = apart.state(folder / "taught-2")
    assert all(any(np.array_equal(weight, value) for value in kept) for weight in of_teacher)


@pytest.mark.parametrize("devices", DEVICES[1:])
def test_losses_accuracies_r_chi_and_fractions_are_those_of_all_examples(folder, devices):
    one, several = apart.rows(folder / "normalised-1"), apart.rows(folder / f"normalised-{devices}")
    assert len(one) == len(several) == 2
    for expected, found in zip(one, several, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    assert any(0 < row["a_to_b"] < 1 for row in one), "some knowledge is passed on, and some is not"


@pytest.mark.parametrize("devices", DEVICES[1:])
def test_suspects_and_metrics_are_the_same(folder, devices):
    one, several = folder / "normalised-1", folder / f"normalised-{devices}"
    found, expected = (json.loads((run / "metrics.json").read_text()) for run in (several, one))
    assert found["labels"] == expected["labels"]


@pytest.mark.parametrize("devices", DEVICES[1:])
def test_weighted_examples_and_scaled_losses_follow_one_device_unscaled(folder, devices):
    with (
        np.load(folder / "weighted-1.npz") as one,
        np.load(folder / f"weighted-{devices}.npz") as n,
    ):
        assert one.files == n.files
        for name in one.files:
            np.testing.assert_allclose(n[name], one[name], rtol=1e-5, atol=TOLERANCE)


def test_a_running_mean_is_the_mean_of_those_of_the_devices(folder):
    with np.load(folder / "averaged.npz") as file:
        means, logits, y = file["means"], file["logits"], file["y"]
    for of_peer, z in zip(means, logits, strict=True):
        losses = eq.cross_H(np.eye(4)[y], z.astype(float))
        # Batches of 4 and 3. Of two examples a half is one, and of one as well.
        shares = ((losses[:2], losses[2:4]), (losses[4:6], losses[6:]))
        of_batches = [
            np.mean([selection.percentile_MentorNet(share, 0.5) for share in batch])
            for batch in shares
        ]
        assert of_peer[0] == pytest.approx(selection.m_MentorNet(of_batches, 0.75), rel=1e-5)
        assert of_peer[1] == pytest.approx(1 - 0.75**2)


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(folder):
    assert apart.deviation(folder / "normalised-3", folder / "stopped-3") < 1e-6
    # Two devices fewer are no hindrance either: the state is that of the run, not of a device.
    assert apart.deviation(folder / "normalised-1", folder / "stopped-3") < TOLERANCE


def test_the_peers_load_anywhere_and_without_a_strategy(folder):
    x = load_digits().images[:5, ..., None]
    one, three = (
        keras.saving.load_model(folder / f"normalised-{n}" / "peer_a.keras")(x) for n in (1, 3)
    )
    np.testing.assert_allclose(one, three, atol=1e-4)
    assert "synchronized': True" not in str(
        keras.saving.load_model(folder / "normalised-3" / "peer_a.keras").get_config()
    )


def test_one_device_is_the_default_without_several_gpus():
    assert type(strategy_named(None)) is OneDevice
    assert type(strategy_named("one-device")) is OneDevice


def test_more_devices_than_examples_in_a_batch_are_refused():
    strategy = OneDevice()
    strategy.devices = 4
    strategy.check_batch_size(4)
    with pytest.raises(
        InputError, match="at least 1 example for each of the 4 devices, and holds 3"
    ):
        strategy.check_batch_size(3)


def test_several_devices_do_not_share_what_is_remembered_of_examples():
    strategy = OneDevice()
    strategy.check_method(cmdcore.ELR())
    strategy.devices = 2
    strategy.check_method(cmdcore.GCE())
    with pytest.raises(InputError, match=r"does not train on 2 devices\. Choose the strategy one-"):
        strategy.check_method(cmdcore.ELR())


@pytest.mark.parametrize(
    ("name", "backend", "message"),
    [
        ("data-parallel", None, "needs the backend jax, and the backend is tensorflow"),
        ("mirrored", "jax", "for the backend jax, and Keras runs on tensorflow"),
        ("mirored", None, "Unknown strategy 'mirored'"),
    ],
)
def test_a_strategy_that_cannot_be_had_is_said(name, backend, message):
    with pytest.raises(InputError, match=message):
        strategy_named(name, backend)


def test_the_command_line_sets_the_backend_in_time(monkeypatch):
    from cmd_keras_cli import backend
    from cmd_keras_cli.errors import WrongInput

    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    backend.choose_backend(None)
    backend.choose_backend(keras.backend.backend())
    with pytest.raises(WrongInput, match="comes too late"):
        backend.choose_backend("jax" if keras.backend.backend() != "jax" else "torch")
