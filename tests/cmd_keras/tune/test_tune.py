"""Searches of real trials: what is chosen, what is kept, and what goes on."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from cmd_keras.errors import InputError, RunError
from cmd_keras.run import TrainSettings
from cmd_keras.tune import Search, tune
from cmd_keras.tune.check import storage_of

ROOT = Path(__file__).parents[3]


def search(**base):
    return Search(TrainSettings(noise="sym:0.4", **{"epochs": 2, **base}), pruner="none")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    return folder, tune(search(), folder, trials=3, processes=2)


def test_the_best_on_the_validation_share_is_trained_on_all_training_data(tuned):
    folder, found = tuned
    with (folder / "trials.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    values = [float(line["validation_mean_accuracy"]) for line in lines]
    assert len(lines) == 3
    assert found["value"] == max(values)
    for line, value in zip(lines, values, strict=True):
        run = folder / "trials" / f"{int(line['trial']):04d}" / "seed-0"
        last = json.loads((run / "metrics.json").read_text())["last"]
        assert last["validation_mean_accuracy"] == value
        settings = json.loads((run / "config.json").read_text())["settings"]
        assert settings["validation_split"] == 0.1
        assert [settings[name] for name in ("eta", "b2", "b1")] == [
            float(line[name]) for name in ("eta", "b2", "b1")
        ]
    best = lines[values.index(max(values))]
    written = json.loads((folder / "best.json").read_text())["settings"]
    last_run = json.loads((found["folder"] / "config.json").read_text())["settings"]
    for settings in (written, last_run):
        assert settings["validation_split"] == 0
        assert settings["eta"] == float(best["eta"])
    assert TrainSettings.from_json(written).to_json() == found["best"].to_json()
    # All data are trained with: no share is left whose labels could be used.
    assert (found["best"].validation_split, found["best"].validation_labels) == (0.0, "clean")
    assert "validation_mean_accuracy" not in found["metrics"]["last"]
    assert (folder / "search.png").stat().st_size > 0


def test_what_has_ended_is_not_made_again_and_another_search_is_refused(tuned):
    folder, found = tuned
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("metrics.json")}
    assert tune(search(), folder, trials=3)["metrics"] == found["metrics"]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("metrics.json")} == before
    with pytest.raises(InputError, match="another search: its epochs is 2, and 3 was given"):
        tune(search(epochs=3), folder, trials=3)


def test_killed_it_goes_on_with_the_trial_that_was_going_on(tmp_path):
    code = (
        "from tests.cmd_keras.tune.test_tune import search; from cmd_keras.tune import tune\n"
        "if __name__ == '__main__':\n"
        f"    tune(search(epochs=5), {str(tmp_path)!r}, trials=1)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    history = tmp_path / "trials/0000/seed-0/history.csv"
    deadline = time.monotonic() + 120
    while not history.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lines = None
    while lines != (lines := history.read_bytes()):
        time.sleep(1.0)
    tune(search(epochs=5), tmp_path, trials=1)
    study = optuna.load_study(study_name="cmd-keras", storage=storage_of(tmp_path))
    (trial,) = study.trials
    assert trial.state is TrialState.COMPLETE
    assert history.read_bytes().startswith(lines)


def test_where_every_trial_fails_it_is_said(tmp_path):
    with pytest.raises(RunError, match="None of 2 trials"):
        tune(search(learning_rate=1e30), tmp_path, trials=2, processes=2)
    with (tmp_path / "trials.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["state"] for line in lines] == ["fail", "fail"]
    assert all("loss" in line["failure"] for line in lines)
    assert not (tmp_path / "best.json").exists()
