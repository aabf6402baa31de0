"""`~` is the home of the user, wherever a folder is named: shells leave `--output=~/…` as it is."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

from cmd_keras.errors import InputError
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.user_path import user_path


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def test_a_run_is_written_read_and_protected_there(home):
    RunFolder.check_free("~/runs/a")
    folder = RunFolder.new("~/runs/a")
    folder.write_json("config.json", {})
    assert json.loads((home / "runs/a/config.json").read_text()) == {}
    assert RunFolder.of_run("~/runs/a").path == home / "runs/a"
    with pytest.raises(InputError, match="holds another run"):
        RunFolder.check_free("~/runs/a")
    assert os.listdir() == []


def test_a_review_is_found_there(home):
    (home / "r").mkdir(parents=True)
    (home / "r/review.json").write_text("{}")
    assert ReviewFolder.of_review("~/r").path == home / "r"


def test_a_user_whom_nobody_knows_is_said():
    with pytest.raises(InputError, match="~nobody-at-all/runs begins with the home"):
        user_path("~nobody-at-all/runs")
    assert user_path("a/~b") == Path("a/~b")


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "run", "~nobody-at-all/a.png"],
        ["relabel", "run", "~nobody-at-all/c.csv", "--output", "new.csv"],
        ["train", "--corrections", "~nobody-at-all/c.csv"],
        ["train", "--dataset", "csv:~nobody-at-all/c.csv", "--target", "y"],
        ["train", "--dataset", "npz:~nobody-at-all/c.npz"],
        ["train", "--dataset", "folder:~nobody-at-all/photos"],
        ["train", "--dataset", "images:~nobody-at-all/c.csv", "--target", "y"],
        ["train", "--dataset", "cifar10", "--data-dir", "~nobody-at-all/data"],
        ["train", "--method", "forward", "--transition", "~nobody-at-all/t.npy"],
    ],
)
def test_it_is_said_in_a_line_wherever_it_is_named(arguments, home):
    Path("run").mkdir()
    Path("run/config.json").write_text(json.dumps({"settings": {"dataset": "csv:own.csv"}}))
    Path("run/metrics.json").write_text("{}")
    for name in ("peer_a.keras", "peer_b.keras"):
        zipfile.ZipFile(Path("run", name), "w").close()
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2, done.output
    assert "begins with the home of a user whom nobody knows" in " ".join(done.output.split())
