"""A folder in which a run was begun: it goes on with the same settings, and with no others."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, resolved
from cmd_keras.runs import begun_or_new
from cmd_keras.runs.begun_or_new import train_or_resume

# Of a version that knew fewer settings.
BEFORE = Path(__file__).parents[2] / "before" / "run"
SETTINGS = {
    "dataset": "npz:data.npz",
    "validation_split": 0.2,
    "noise": "sym:0.2",
    "network": "small.keras",
    "epochs": 4,
    "batch_size": 24,
    "learning_rate": 0.05,
    # As recipes were then.
    "eta": 2.0,
    "rho": 0.5,
    "knowledge": "refined",
}


@pytest.fixture
def run(tmp_path):
    return Path(shutil.copytree(BEFORE, tmp_path / "run"))


def test_one_of_an_older_version_that_has_ended_is_left_as_it_is(run):
    files = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    metrics = train_or_resume(TrainSettings(**SETTINGS), run)
    assert metrics == json.loads((run / "metrics.json").read_text())
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == files


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"eta": 8.0}, "its eta is 2.0, and 8.0 is asked for"),
        ({"eta": None}, "its eta is 2.0, and 4.0 is asked for"),
        ({"epochs": None}, "its epochs is 4, and 40 is asked for"),
        ({"batch_size": None}, "its batch_size is 24, and 55 is asked for"),
        ({"seed": 1}, "its seed is 0, and 1 is asked for"),
        ({"test_examples": 5}, "its test_examples is None, and 5 is asked for"),
        ({"noise": "pair:0.2"}, "its noise is sym:0.2, and pair:0.2 is asked for"),
        ({"network_b": "mlp"}, "its network is small.keras, and None is asked for"),
    ],
)
def test_one_of_other_settings_neither_goes_on_nor_counts_as_done(run, change, said, ended):
    if not ended:
        (run / "metrics.json").unlink()
    with pytest.raises(InputError, match=f"holds another run: {said}.*choose another folder"):
        train_or_resume(TrainSettings(**{**SETTINGS, **change}), run)


def test_it_goes_on_where_data_and_teacher_are_now(tmp_path, monkeypatch):
    before = TrainSettings(method="t2s", teacher="then.keras", data_dir="then", network="cnn")
    config = {"settings": resolved(before).to_json()}
    (tmp_path / "config.json").write_text(json.dumps(config))
    passed = {}
    monkeypatch.setattr(begun_or_new, "resume", lambda *_, **options: passed.update(options))
    now = dataclasses.replace(before, teacher="now.keras", data_dir="now")
    train_or_resume(now, tmp_path)
    assert passed == {"data_dir": "now", "teacher": "now.keras", "trusted": {"cnn"}}
