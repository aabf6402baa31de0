"""Runs of one row that differ in more than noise and seed are not averaged."""

import json

import pytest

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.results import of_one_kind, result_of
from cmd_keras.compare.row import Row
from cmd_keras.run import TrainSettings

GRID = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce"}),), ("none", "sym:0.4"), (0, 1))


def results_in(folder, of_last, teachers=(None, None, None, None)):
    """Results of four runs, the last of which has settings of its own."""
    for cell, teacher in zip(GRID.cells(), teachers, strict=True):
        run = folder / cell.path
        run.mkdir(parents=True)
        settings = {**cell.settings.to_json(), "epochs": 40, "rate": cell.seed / 10}
        settings |= {"data_dir": str(run)} | (of_last if cell == GRID.cells()[-1] else {})
        config = {"settings": settings} | ({"teacher": {"sha256": teacher}} if teacher else {})
        (run / "config.json").write_text(json.dumps(config))
        (run / "metrics.json").write_text(json.dumps({"last": {"test_mean_accuracy": 0.5}}))
    return of_one_kind(folder, [result_of(folder, cell, None) for cell in GRID.cells()])


def test_noise_seed_and_place_may_differ(tmp_path):
    results = results_in(tmp_path, {}, ["f00"] * 4)
    assert [result["status"] for result in results] == ["ended"] * 4


@pytest.mark.parametrize(
    ("of_last", "teachers", "said"),
    [
        (
            {"epochs": 2},
            [None] * 4,
            "Its epochs is 2, which is 40 in the run of its row with seed 0.",
        ),
        ({"network": "cnn"}, [None] * 4, "Its network is cnn, which is None in the run"),
        ({}, ["f00", "f00", "f00", "ba5"], "It learned from another teacher"),
        ({"new": 1}, [None] * 4, "Its new is 1, which is None in the run"),
    ],
)
def test_what_differs_is_said_and_its_numbers_are_not_used(tmp_path, of_last, teachers, said):
    *others, last = results_in(tmp_path, of_last, teachers)
    assert [result["status"] for result in others] == ["ended"] * 3
    assert last["status"] == "failed"
    assert last["failure"].startswith(said)
    assert last["test_mean_accuracy"] is None
    assert (last["noise"], last["seed"]) == ("sym:0.4", 1)
