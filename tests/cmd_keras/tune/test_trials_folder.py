"""Whose the trials in a folder are."""

import json
import socket

import pytest

from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.tune.check import storage_of
from cmd_keras.tune.search import Search
from cmd_keras.tune.study import open_study
from cmd_keras.tune.trial import Trial
from cmd_keras.tune.trials import interrupted
from cmd_keras.tune.trials_folder import TrialsFolder, check_study_is_there, joined

SEARCH = Search(TrainSettings())


@pytest.fixture
def shared(tmp_path):
    return f"sqlite:///{tmp_path / 'shared.db'}"


def new(path):
    return WholeFolder.made(path)


def join(folder, storage=None, name="cmd-keras"):
    """What a search does first: the study, and the folder in it."""
    if storage is None:
        check_study_is_there(folder)
    study = open_study(SEARCH, storage or storage_of(folder.path), name)
    return study, joined(folder, study, storage)


def begun(study, place):
    """A trial whose run has left something."""
    trial = Trial.begin(study, SEARCH, place)
    trial.jobs[0].folder.mkdir(parents=True)
    return trial


def numbers(trials):
    return [trial.trial.number for trial in trials]


def test_a_trial_that_was_going_on_goes_on_wherever_the_folder_and_the_host_are(
    tmp_path, monkeypatch
):
    folder = new(tmp_path / "one")
    trial = begun(*join(folder))
    folder.path.rename(tmp_path / "two")
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    study, place = join(new(tmp_path / "two"))
    (found,) = interrupted(study, SEARCH, place)
    assert found.changes == trial.changes
    assert found.jobs[0].folder.is_relative_to(tmp_path / "two")


def test_so_it_does_in_a_study_that_is_shared_where_those_of_others_are_left_alone(
    tmp_path, shared, monkeypatch
):
    study, one = join(new(tmp_path / "one"), shared)
    _, other = join(new(tmp_path / "other"), shared)
    for place in (one, other, one):
        begun(study, place)
    (tmp_path / "one").rename(tmp_path / "moved")
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    study, moved = join(new(tmp_path / "moved"), shared)
    assert moved.name == one.name
    assert numbers(interrupted(study, SEARCH, moved)) == [0, 2]
    assert numbers(interrupted(study, SEARCH, other)) == [1]


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_folder_of_before_it_had_a_name_goes_on(tmp_path, shared, is_shared):
    folder, storage = new(tmp_path / "old"), shared if is_shared else None
    study = open_study(SEARCH, storage or storage_of(folder.path))
    place = f"{socket.gethostname()}:{folder.path.resolve()}"
    begun(study, TrialsFolder(folder.path, name=place))
    study, named = join(folder, storage)
    assert numbers(interrupted(study, SEARCH, named)) == [0]
    assert join(folder, storage)[1] == named


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("where", ["storage", "study", "gone"])
def test_trials_of_another_study_are_not_taken_for_those_of_this_one(
    tmp_path, shared, named, where
):
    folder = new(tmp_path / "one")
    begun(*join(folder))
    if not named:
        (folder.path / "study.json").unlink()
    asked = {"storage": {"storage": shared}, "study": {"name": "other"}, "gone": {}}[where]
    if where == "gone":
        (folder.path / "study.db").unlink()
    with pytest.raises(InputError, match=r"holds 'trials', made.* choose another output") as error:
        join(folder, **asked)
    assert ("by the study 'cmd-keras' in its own study.db" in str(error.value)) == named
    assert (folder.path / "study.db").exists() == (where != "gone")


def test_not_even_where_the_other_study_has_trials_of_as_many_numbers(tmp_path, shared):
    folder = new(tmp_path / "one")
    begun(*join(folder))
    begun(*join(new(tmp_path / "other"), shared))
    with pytest.raises(InputError, match=r"shared\.db does not know them"):
        join(folder, shared)


def test_nor_where_the_last_run_alone_is_left_or_the_study_is_an_older_copy(tmp_path, shared):
    folder = new(tmp_path / "one")
    study, place = join(folder)
    kept = (folder.path / "study.db").read_bytes()
    begun(study, place)
    (folder.path / "study.db").write_bytes(kept)
    with pytest.raises(InputError, match=r"its own study\.db does not know them"):
        join(folder)
    last = new(tmp_path / "last")
    (last.path / "best-of-3-trials").mkdir()
    with pytest.raises(InputError, match=r"it has no study\.db .* remove 'best-of-3-trials'"):
        join(last)


def test_a_folder_without_runs_may_join_another_study(tmp_path, shared):
    folder = new(tmp_path / "one")
    _, first = join(folder)
    _, other = join(folder, shared)
    assert other.name != first.name
    assert join(folder, shared)[1] == other


def test_the_password_of_a_storage_is_not_written_down(tmp_path, shared):
    folder = new(tmp_path / "one")
    study = open_study(SEARCH, shared)
    joined(folder, study, "mysql+pymysql://me:secret@host/database")
    about = json.loads((folder.path / "study.json").read_text())
    assert about["storage"] == "mysql+pymysql://me:***@host/database"
