"""Comparisons of real runs: what is made, what is not made again, and what fails."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cmd_keras.compare import Grid, Row, compare
from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.run import TrainSettings, train

ROOT = Path(__file__).parents[3]
ROWS = ("ce", "mconf learning-rate=1e30", "cmd epochs=2")


def grid(seeds=(0,), rows=ROWS):
    return Grid(TrainSettings(epochs=1), tuple(map(Row.parse, rows)), ("sym:0.4",), seeds)


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    return folder, compare(grid(), folder, processes=2)


def test_a_run_of_a_comparison_is_the_run_that_train_makes(compared, tmp_path):
    folder, _ = compared
    cell = next(cell for cell in grid().cells() if cell.row == "cmd epochs=2")
    train(cell.settings, tmp_path / "alone")
    for name in ("history.csv", "labels.csv", "suspects.csv"):
        written = (folder / cell.path / name).read_bytes()
        assert written == (tmp_path / "alone" / name).read_bytes()


def test_one_that_fails_is_listed_with_its_reason_and_the_others_go_on(compared):
    folder, results = compared
    by_row = {result["row"]: result for result in results}
    assert by_row["ce"]["status"] == by_row["cmd epochs=2"]["status"] == "ended"
    failed = by_row["mconf learning-rate=1e30"]
    assert failed["status"] == "failed"
    assert "loss" in failed["failure"]
    with (folder / "results.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["status"] for line in lines] == [result["status"] for result in results]
    assert float(lines[0]["test_mean_accuracy"]) == results[0]["test_mean_accuracy"]
    assert "–" in (folder / "table.md").read_text(encoding="utf-8")
    for name in ("table.png", "curves-sym-0.4.png", "differences.csv"):
        assert (folder / name).stat().st_size > 0


def test_what_has_ended_is_not_made_again_and_more_is_added(compared):
    folder, before = compared
    ended = [folder / result["folder"] for result in before if result["status"] == "ended"]
    stamps = {path: (path / "metrics.json").stat().st_mtime_ns for path in ended}
    results = compare(grid(seeds=(0, 1), rows=("ce",)), folder)
    assert {path: (path / "metrics.json").stat().st_mtime_ns for path in ended} == stamps
    assert {(r["row"], r["seed"]) for r in results} == {(r, s) for r in ROWS for s in (0, 1)}
    assert sum(result["status"] == "ended" for result in results) == 4


def test_what_its_runs_have_to_say_is_said_once(tmp_path):
    with pytest.warns(Notice) as said:
        compare(grid(seeds=(0, 1), rows=("joint",)), tmp_path, processes=2)
    (message,) = [str(w.message) for w in said if issubclass(w.category, Notice)]
    assert re.match(r"Part \d of 2 of Joint\(.*\) has no epoch: it would begin after", message)


def test_one_that_is_refused_changes_nothing(tmp_path):
    """Another one is at work in the folder."""
    folder = ComparisonFolder.made(tmp_path)
    folder.begin(grid(rows=("ce",)))
    before = (tmp_path / "comparison.json").read_bytes()
    with folder.locked(), pytest.raises(InputError, match="Another process is training"):
        compare(grid(rows=("mconf",), seeds=(0, 1)), tmp_path)
    assert (tmp_path / "comparison.json").read_bytes() == before


def test_killed_with_all_its_runs_it_goes_on_to_the_same_result(tmp_path):
    code = (
        "from tests.cmd_keras.compare.test_compare import grid; from cmd_keras.compare import compare\n"
        "import dataclasses\n"
        "if __name__ == '__main__':\n"
        "    g = grid(rows=('cmd epochs=5',)); compare(g, {!r})"
    )
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    process = subprocess.Popen([sys.executable, "-c", code.format(str(stopped))], cwd=ROOT)
    (cell,) = grid(rows=("cmd epochs=5",)).cells()
    history = stopped / cell.path / "history.csv"
    deadline = time.monotonic() + 120
    while not history.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (stopped / cell.path / "metrics.json").exists()
    lines = None
    while lines != (lines := history.read_bytes()):
        # Its run ends with it, though it was not told.
        time.sleep(1.0)
    compare(grid(rows=("cmd epochs=5",)), stopped)
    compare(grid(rows=("cmd epochs=5",)), whole)
    assert history.read_bytes() == (whole / cell.path / "history.csv").read_bytes()
