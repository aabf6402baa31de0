"""What a search makes of its study and its folder, where no run is made."""

import importlib
import json

import pytest

from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings
from cmd_keras.tune import Search, tune
from cmd_keras.tune.trial import Trial
from tests.cmd_keras.tune.test_search_data import table

# The package has a function of the same name.
module = importlib.import_module("cmd_keras.tune.tune")


@pytest.fixture
def last_runs(monkeypatch):
    """The last runs that were asked for: settings and folder."""
    made = []
    monkeypatch.setattr(module, "train_or_resume", lambda *asked: made.append(asked[:2]))
    monkeypatch.setattr(module, "draw_study", lambda *_: None)
    return made


@pytest.fixture
def values(monkeypatch, last_runs):
    """What the next trials come to."""
    left = []

    def make_trials(study, search, folder, count, *_):
        while left:
            end(study, search, folder, left.pop(0))

    monkeypatch.setattr(module, "make_trials", make_trials)
    return left


def end(study, search, folder, value):
    trial = Trial.begin(study, search, folder)
    trial.jobs[0].folder.mkdir(parents=True)
    study.tell(trial.trial, value)
    return trial


def test_what_is_best_and_of_how_many_is_of_one_moment(tmp_path, monkeypatch, last_runs):
    firsts = []

    def make_trials(study, search, folder, *_):
        firsts.append(end(study, search, folder, 0.5))
        # A better one of another machine ends while the pictures are drawn.
        monkeypatch.setattr(module, "draw_study", lambda *_: end(study, search, folder, 0.75))

    monkeypatch.setattr(module, "make_trials", make_trials)
    found = tune(Search(TrainSettings()), tmp_path / "new", trials=1)
    chosen = json.loads((tmp_path / "new/best.json").read_text())["chosen"]
    assert (found["value"], found["folder"].name) == (0.5, "best-of-1-trials")
    assert chosen == {"trial": 0, "validation_mean_accuracy": 0.5, "trials": 1}
    assert last_runs == [(found["best"], found["folder"])]
    assert found["best"].eta == firsts[0].changes["eta"]


@pytest.mark.parametrize("moved", ["storage", "study", "removed"])
def test_a_folder_does_not_go_on_with_another_study(tmp_path, values, last_runs, moved):
    search, folder = Search(TrainSettings()), tmp_path / "new"
    values += [0.5]
    tune(search, folder, trials=1)
    asked = {
        "storage": {"storage": f"sqlite:///{tmp_path / 'shared.db'}"},
        "study": {"study_name": "other"},
        "removed": {},
    }[moved]
    if moved == "removed":
        (folder / "study.db").unlink()
    with pytest.raises(InputError, match="would be taken for those of other constants"):
        tune(search, folder, trials=1, **asked)
    assert len(last_runs) == 1


def test_a_study_does_not_go_on_with_other_data(tmp_path, values):
    settings = table(tmp_path / "t.csv", "train", "test")
    values += [0.5]
    shared = f"sqlite:///{tmp_path / 'shared.db'}"
    own = {"search": Search(settings), "output": tmp_path / "own", "trials": 1}
    tune(**own)
    values += [0.5]
    tune(Search(settings), tmp_path / "one", trials=1, storage=shared)
    table(tmp_path / "t.csv", "train", "test", test=9.5)
    with pytest.raises(InputError, match="examples of the test part"):
        tune(**own)
    with pytest.raises(InputError, match="examples of the test part"):
        tune(Search(settings), tmp_path / "two", trials=2, storage=shared)
    assert not (tmp_path / "two").exists()


def test_trials_and_the_last_run_hold_out_nothing_of_data_with_a_validation_part(
    tmp_path, values, last_runs
):
    values += [0.5]
    settings = table(tmp_path / "t.csv", "train", "train", "validation", "test")
    tune(Search(settings), tmp_path / "new", trials=1)
    ((last, _),) = last_runs
    assert last.validation_split == 0
    assert last.dataset == settings.dataset
