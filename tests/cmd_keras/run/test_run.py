import csv
import json
import math
import os

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, train
from cmd_keras.run.folder import RunFolder
from cmd_keras.run.settings import DIGITS
from cmdcore import modes, self_kd

QUICK = TrainSettings(noise="sym:0.4", epochs=2, batch_size=256, seed=3)
FILES = {
    "config.json",
    "labels.csv",
    "history.csv",
    "metrics.json",
    "peer_a.keras",
    "peer_b.keras",
    "suspects.csv",
    "curves.png",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "first"
    return folder, train(QUICK, folder)


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_these_files_and_no_others(run):
    folder, _ = run
    assert {path.name for path in folder.iterdir()} == FILES
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o444 == 0o444, "others may read what a run leaves"


def test_metrics_are_those_of_the_last_row_of_the_history(run):
    folder, metrics = run
    rows = table(folder / "history.csv")
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    assert {name: float(value) for name, value in rows[-1].items()} == {
        name: pytest.approx(value) for name, value in metrics["last"].items()
    }
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    best = max(float(row["test_mean_accuracy"]) for row in rows)
    assert metrics["best"]["test_mean_accuracy"] == pytest.approx(best)
    assert "looking at the test set" in metrics["best"]["note"]


def test_labels_stand_beside_the_clean_ones(run):
    folder, _ = run
    rows = table(folder / "labels.csv")
    dataset = data.load("digits", noise="sym:0.4", seed=3)
    assert [int(row["given"]) for row in rows] == dataset.given_labels.tolist()
    assert [int(row["clean"]) for row in rows] == dataset.clean_labels.tolist()
    assert [int(row["index"]) for row in rows] == list(range(1297))


def test_saved_peers_give_the_accuracy_that_was_reported(run):
    folder, metrics = run
    dataset = data.load("digits")
    for name in ("peer_a", "peer_b"):
        logits = keras.models.load_model(folder / f"{name}.keras").predict(
            dataset.test_batches().map(lambda x, _: x), verbose=0
        )
        accuracy = (logits.argmax(1) == dataset.test_labels).mean()
        assert accuracy == pytest.approx(metrics["last"][f"test_{name}_accuracy"])


def test_suspects_are_sorted_and_counted(run):
    folder, metrics = run
    rows = table(folder / "suspects.csv")
    p = [float(row["p_given"]) for row in rows]
    assert p == sorted(p)
    assert all(row["given"] != row["predicted"] for row in rows)
    assert len(rows) == metrics["labels"]["suspected"]
    labels = table(folder / "labels.csv")
    right = sum(labels[int(r["index"])]["given"] != labels[int(r["index"])]["clean"] for r in rows)
    assert metrics["labels"]["precision"] == pytest.approx(right / len(rows))


def test_config_json_repeats_the_run_bit_for_bit(run, tmp_path):
    folder, metrics = run
    settings = TrainSettings.from_json(json.loads((folder / "config.json").read_text())["settings"])
    again = train(settings, tmp_path / "again")
    for which in ("last", "best"):
        for metric in (metrics, again):
            metric[which].pop("seconds", None)
    assert again["last"] == metrics["last"]
    for name in ("labels.csv", "suspects.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
    for name in ("peer_a.keras", "peer_b.keras"):
        one, two = (
            keras.models.load_model(f / name).get_weights() for f in (folder, tmp_path / "again")
        )
        assert all(np.array_equal(*pair) for pair in zip(one, two, strict=True))


def test_another_seed_is_another_run(run, tmp_path):
    _, metrics = run
    other = train(TrainSettings(**{**vars(QUICK), "seed": 4}), tmp_path / "other")
    assert other["last"]["loss"] != metrics["last"]["loss"]


def test_an_output_folder_is_never_overwritten(run):
    folder, _ = run
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="holds another run"):
        train(QUICK, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_wrong_input_leaves_no_folder(tmp_path):
    with pytest.raises(InputError):
        train(TrainSettings(dataset="no_such_set", data_dir=str(tmp_path)), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_divergence_is_said_and_the_history_kept(tmp_path):
    settings = TrainSettings(epochs=3, learning_rate=1e30, mode="zero", self_kd="ce")
    with pytest.raises(
        InputError, match=r"Training diverged: the loss of epoch 1 is nan.*--learning-rate"
    ):
        train(settings, tmp_path / "run")
    assert len(table(tmp_path / "run" / "history.csv")) == 1


@pytest.mark.parametrize("mode", ["zero", "all"])
def test_modes_without_a_finite_threshold_are_drawn_and_written(mode, tmp_path):
    settings = TrainSettings(epochs=1, mode=mode, self_kd="ls", batch_size=512)
    metrics = train(settings, tmp_path / "run")
    assert metrics["last"]["a_to_b"] == (1.0 if mode == "all" else 0.0)
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert written["last"]["threshold"] == (None if mode == "all" else 0.0)


class TestSettings:
    def test_open_values_are_filled_from_recipe_and_method(self):
        settings = TrainSettings().resolved()
        assert (settings.network, settings.epochs) == (DIGITS.network, DIGITS.epochs)
        assert (settings.eta, settings.b2) == (cmdcore.Progressive().eta, cmdcore.Progressive().b2)
        assert (settings.b1, settings.rho, settings.epsilon) == (cmdcore.Mconf().b1, 0.5, None)
        assert settings.resolved() == settings

    @pytest.mark.parametrize("mode", list(modes.MODES))
    @pytest.mark.parametrize("method", list(self_kd.SELF_KD))
    def test_every_mode_goes_with_every_method(self, mode, method):
        settings = TrainSettings(mode=mode, self_kd=method).resolved()
        assert settings.build_mode() == modes.get(mode)
        assert settings.build_self_kd() == self_kd.get(method)

    def test_learning_rate_drops_at_half_and_four_fifths(self):
        settings = TrainSettings(dataset="cifar100", epochs=100).resolved()
        rates = [settings.learning_rate_at(epoch) for epoch in (0, 49, 50, 79, 80, 99)]
        assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])

    @pytest.mark.parametrize(
        ("change", "match"),
        [
            ({"mode": "progresive"}, "Did you mean 'progressive'"),
            ({"self_kd": "mkonf"}, "Did you mean 'mconf'"),
            ({"network": "resnet200"}, "Did you mean 'resnet20'"),
            ({"knowledge": "all"}, "Unknown knowledge 'all'"),
            ({"clock": "minute"}, "Unknown clock"),
            ({"noise": "sym:1.0"}, r"must lie in \[0, 1\)"),
            ({"eta": 0.0}, "eta divides"),
            ({"eta": math.nan}, "eta divides"),
            ({"b2": math.inf}, "b2 must be a finite number"),
            ({"rho": 1.5}, r"rho must lie in \[0, 1\]"),
            ({"self_kd": "ls", "epsilon": -0.1}, r"epsilon must lie in \[0, 1\]"),
            ({"epsilon": 0.1}, "epsilon has no effect with self_kd=mconf, which has b1 and rho"),
            (
                {"mode": "zero", "eta": 2.0},
                "eta has no effect with mode=zero, which has no constants",
            ),
            ({"mode": "static", "b2": 1.0}, "b2 has no effect with mode=static, which has eta"),
            ({"epochs": 0}, "epochs must be at least 1"),
            ({"batch_size": -5}, "batch_size must be at least 1"),
            ({"learning_rate": 0.0}, "learning_rate must be above 0"),
            ({"learning_rate": math.inf}, "learning_rate must be above 0"),
            ({"momentum": 1.0}, r"momentum must lie in \[0, 1\)"),
            ({"weight_decay": -1.0}, "weight_decay must be at least 0"),
            ({"seed": -1}, "seed must lie in"),
        ],
    )
    def test_impossible_settings_are_refused(self, change, match):
        with pytest.raises(InputError, match=match):
            TrainSettings(**change).resolved()

    def test_infinity_survives_the_configuration(self):
        settings = TrainSettings(mode="static", eta=math.inf).resolved()
        written = json.loads(json.dumps(settings.to_json(), allow_nan=False))
        assert TrainSettings.from_json(written) == settings

    def test_another_mode_or_method_drops_the_constants_of_the_old_one(self):
        settings = TrainSettings(eta=3.0, b2=-2.0, rho=0.3).resolved()
        other = settings.changed(mode="static", self_kd="ls", eta=4.0).resolved()
        assert (other.eta, other.b2) == (4.0, None)
        assert (other.epsilon, other.b1, other.rho) == (0.1, None, None)
        same = settings.changed(mode="progressive", seed=1).resolved()
        assert (same.eta, same.b2, same.rho, same.seed) == (3.0, -2.0, 0.3, 1)

    def test_unknown_names_in_a_configuration_are_refused(self):
        with pytest.raises(InputError, match="Unknown settings epoch"):
            TrainSettings.from_json({"epoch": 3})

    @pytest.mark.parametrize(
        "values",
        [{"epochs": "ten"}, {"epochs": 1.5}, {"dataset": 5}, {"seed": None}, {"milestones": 3}],
    )
    def test_values_of_the_wrong_type_in_a_configuration_are_refused(self, values):
        with pytest.raises(InputError, match=f"{next(iter(values))} must be"):
            TrainSettings.from_json(values)


class TestRunFolder:
    def test_a_file_is_whole_or_not_there(self, tmp_path):
        folder = RunFolder(tmp_path / "run")

        def fail_half_way():
            with folder.whole("a.json") as path:
                path.write_text("half")
                raise RuntimeError("half way")

        with pytest.raises(RuntimeError, match="half way"):
            fail_half_way()
        assert list(folder.path.iterdir()) == []

    def test_an_empty_folder_may_be_used(self, tmp_path):
        assert RunFolder(tmp_path).path == tmp_path

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "run").touch()
        with pytest.raises(InputError, match="is a file"):
            RunFolder(tmp_path / "run")

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(InputError, match="Cannot"):
            RunFolder(tmp_path / "file" / "run")

    def test_json_has_no_infinity(self, tmp_path):
        folder = RunFolder(tmp_path)
        folder.write_json("a.json", {"chi": math.inf, "rows": [math.nan, 1.5]})
        assert json.loads((tmp_path / "a.json").read_text()) == {"chi": None, "rows": [None, 1.5]}
        assert os.listdir(tmp_path) == ["a.json"]
