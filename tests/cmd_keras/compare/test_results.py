"""Runs of one row that differ in more than noise and seed are not averaged."""

import json

import pytest

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.results import of_one_kind, result_of
from cmd_keras.compare.row import Row
from cmd_keras.run import TrainSettings

GRID = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce"}),), ("none", "sym:0.4"), (0, 1))


def results_in(folder, of_last, teachers=(None, None, None, None), of_all=None):
    """Results of four runs, the last of which has settings of its own."""
    for cell, teacher in zip(GRID.cells(), teachers, strict=True):
        run = folder / cell.path
        run.mkdir(parents=True)
        settings = {**cell.settings.to_json(), "epochs": 40, "rate": cell.seed / 10}
        settings |= {"data_dir": str(run), **(of_all or {})}
        settings |= of_last if cell == GRID.cells()[-1] else {}
        config = {"settings": settings} | ({"teacher": {"sha256": teacher}} if teacher else {})
        (run / "config.json").write_text(json.dumps(config))
        (run / "metrics.json").write_text(json.dumps({"last": {"test_mean_accuracy": 0.5}}))
    cells = GRID.cells()
    return of_one_kind(folder, cells, [result_of(folder, cell, None) for cell in cells])


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
        ({"momentum": 0.5}, [None] * 4, "Its momentum is 0.5, and 0.9 in this comparison."),
        ({"seed": 7}, [None] * 4, "Its seed is 7, and 1 in this comparison."),
        ({"noise": "pair:0.4"}, [None] * 4, "Its noise is pair:0.4, and sym:0.4 in this"),
        ({"self_kd": "mconf"}, [None] * 4, "Its self_kd is mconf, and ce in this comparison."),
    ],
)
def test_what_differs_is_said_and_its_numbers_are_not_used(tmp_path, of_last, teachers, said):
    *others, last = results_in(tmp_path, of_last, teachers)
    assert [result["status"] for result in others] == ["ended"] * 3
    assert last["status"] == "failed"
    assert last["failure"].startswith(said)
    assert last["test_mean_accuracy"] is None
    assert (last["noise"], last["seed"]) == ("sym:0.4", 1)


def test_a_whole_row_of_another_comparison_is_not_used(tmp_path):
    results = results_in(tmp_path, {}, of_all={"batch_size": 64, "self_kd": "cp"})
    assert [result["status"] for result in results] == ["failed"] * 4
    assert results[0]["failure"].startswith("Its self_kd is cp, and ce in this comparison.")


def test_networks_are_compared_as_they_are_recorded(tmp_path):
    row = Row("two", {"network": "cnn", "network_b": "mlp"})
    grid = Grid(TrainSettings(), (row,), ("none",), (0,))
    (cell,) = grid.cells()
    (tmp_path / cell.path).mkdir(parents=True)
    (tmp_path / cell.path / "metrics.json").write_text('{"last": {}}')
    for network_a, status in (("cnn", "ended"), ("resnet8", "failed")):
        of_run = {"network": None, "network_a": network_a, "network_b": "mlp"}
        config = {"settings": {**cell.settings.to_json(), **of_run}}
        (tmp_path / cell.path / "config.json").write_text(json.dumps(config))
        (result,) = of_one_kind(tmp_path, [cell], [result_of(tmp_path, cell, None)])
        assert result["status"] == status


def test_what_the_recipe_fills_in_and_an_older_run_does_not_know_is_of_the_row(tmp_path):
    results = results_in(tmp_path, {}, of_all={"batch_size": 64, "recipe": "digits"})
    assert [result["status"] for result in results] == ["ended"] * 4
