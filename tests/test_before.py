"""What version 0.2.0 wrote is still read: a run folder, a pair in one file, a `config.json`.

`tests/before` was written by that version, before methods and rooms: `distiller.keras` by
`MutualDistiller.save` after two epochs, with its predictions for the test inputs beside it,
and `run` by

    cmd-keras train --dataset npz:data.npz --network small.keras --noise sym:0.2 --epochs 4
    --batch-size 24 --learning-rate 0.05 --weight-decay 0.001 --recipe table
    --validation-split 0.2 --output run
"""

import csv
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras.run import TrainSettings, check, resolved, resume
from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.run.settings.schedule_settings import SCHEDULE

BEFORE = Path(__file__).parent / "before"


@pytest.fixture
def before(tmp_path, monkeypatch):
    shutil.copytree(BEFORE, tmp_path / "before")
    monkeypatch.chdir(tmp_path / "before")
    return tmp_path / "before"


def rows(run):
    with (run / "history.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_a_pair_that_was_saved_is_the_pair_that_it_was(before):
    distiller = keras.models.load_model(before / "distiller.keras")
    assert distiller.method == cmdcore.CMD(
        cmdcore.ProSelfLC(b1=7.0), cmdcore.Static(eta=3.0), "prediction", constant_targets=True
    )
    assert distiller.clock == "step"
    with np.load(before / "data.npz") as data:
        x, y, x_test = data["x_train"], data["y_train"], data["x_test"]
    found = distiller.predict(x_test, verbose=0)
    np.testing.assert_allclose(found, np.load(before / "predictions.npy"), rtol=1e-4, atol=1e-6)
    # Two epochs of three steps are done, of which t counts the last and Gamma all.
    assert [int(v) for v in distiller.get_weights() if v.shape == ()][:2] == [7, 6]
    history = distiller.fit(x, y, epochs=3, initial_epoch=2, batch_size=24, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_a_run_that_has_ended_is_measured_as_it_was(before):
    metrics = json.loads((before / "run" / "metrics.json").read_text())
    measured = evaluate(FinishedRun("run"))
    for name in ("peer_a_accuracy", "peer_b_accuracy", "ensemble_accuracy", "loss"):
        assert measured[name] == pytest.approx(metrics["last"][f"test_{name}"], rel=1e-4)


def test_a_run_that_was_stopped_goes_on_to_the_same_end(before):
    wanted = rows(before / "run")
    for name in ("metrics.json", "peer_a.keras", "peer_b.keras", "checkpoints/epoch-000004.npz"):
        (before / "run" / name).unlink()
    resume("run")
    found = rows(before / "run")
    assert [row.keys() for row in found] == [row.keys() for row in wanted]
    for one, two in zip(found, wanted, strict=True):
        assert one == pytest.approx(two, rel=1e-3, abs=1e-5)


def test_a_configuration_means_what_it_meant(before):
    recorded = json.loads((before / "run" / "config.json").read_text())["settings"]
    settings = TrainSettings.from_json(recorded)
    check(settings)
    again = resolved(settings, (4,))
    assert again == settings
    written = again.to_json()
    assert written.pop("method") == "cmd"
    new = ("files", "parts", "pad", "corrections", "fold", "teacher")
    of_parts = ("train_examples", "test_examples")
    of_other_methods = ("together", "temperature", "a", "q", "alpha", "beta")
    of_elr = ("regularization", "target_momentum", "update_from", "retrain_from")
    by_rate = ("rate", "transition", "warmup", "exponent", "disagreement_from", "percentile")
    of_losses = ("percentile_momentum", "weight", "k", "start_prune")
    of_matrices = ("estimate_from", "revise_from", "revision_rate")
    others = (*of_other_methods, *of_elr, *by_rate, *of_losses, *of_matrices, *SCHEDULE)
    assert {written.pop(name) for name in (*new, *of_parts, *others)} == {None}
    assert written == recorded
