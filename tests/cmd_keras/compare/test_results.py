"""A line of `results.csv`, from what a run left behind."""

import pytest

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.results import result_of
from cmd_keras.compare.row import Row
from cmd_keras.run import TrainSettings
from tests.cmd_keras.compare.fake_runs import write_run

(CELL,) = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce"}),), ("none",), (0,)).cells()


def test_a_run_that_ended_has_its_numbers(tmp_path):
    write_run(tmp_path, CELL)
    result = result_of(tmp_path, CELL, None)
    assert result["status"] == "ended"
    assert result["test_mean_accuracy"] == 0.5
    assert result["failure"] is None


@pytest.mark.parametrize(("failure", "status"), [(None, "open"), ("Its disk is full.", "failed")])
def test_one_that_is_to_be_made_again_has_no_numbers_of_before(tmp_path, failure, status):
    """As `compare` sees it, which makes a run again whose networks are gone."""
    run = write_run(tmp_path, CELL)
    (run / "peer_b.keras").unlink()
    result = result_of(tmp_path, CELL, failure)
    assert (result["status"], result["failure"]) == (status, failure)
    assert result["test_mean_accuracy"] is None


def test_one_that_failed_in_the_end_has_not_ended(tmp_path):
    write_run(tmp_path, CELL)
    result = result_of(tmp_path, CELL, "Its process was ended by SIGKILL.")
    assert (result["status"], result["test_mean_accuracy"]) == ("failed", None)
