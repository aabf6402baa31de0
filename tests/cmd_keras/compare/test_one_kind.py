"""Runs of one row that differ in more than noise and seed are not averaged."""

import json

import pytest

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.one_kind import of_one_kind
from cmd_keras.compare.results import result_of
from cmd_keras.compare.row import Row
from cmd_keras.run import TrainSettings
from cmd_keras.run.settings.precision import layers_in
from tests.cmd_keras.compare.fake_runs import DATA, LABELS, write_run

GRID = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce"}),), ("none", "sym:0.4"), (0, 1))
ONE = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce"}),), ("none",), (0,))


def results_in(folder, grid):
    cells = grid.cells()
    return of_one_kind(folder, cells, [result_of(folder, cell, None) for cell in cells])


def results_of(folder, of_last, teachers=(None, None, None, None), of_all=None):
    """Results of four runs, the last of which has settings of its own."""
    for cell, teacher in zip(GRID.cells(), teachers, strict=True):
        settings = {"data_dir": str(cell.path), **(of_all or {})}
        settings |= of_last if cell == GRID.cells()[-1] else {}
        write_run(folder, cell, settings, teacher=teacher)
    return results_in(folder, GRID)


def test_noise_seed_and_place_may_differ(tmp_path):
    results = results_of(tmp_path, {}, ["f00"] * 4)
    assert [result["status"] for result in results] == ["ended"] * 4


@pytest.mark.parametrize(
    ("of_last", "teachers", "said"),
    [
        ({"epochs": 2}, [None] * 4, "Its epochs is 2, and 40 in this comparison."),
        ({"network": "cnn"}, [None] * 4, "Its network is cnn, and mlp in this comparison."),
        ({}, ["f00", "f00", "f00", "ba5"], "It learned from another teacher than seed 0"),
        ({"new": 1}, [None] * 4, "Its new is 1, which is None in the run of its row with seed 0."),
        ({"momentum": 0.5}, [None] * 4, "Its momentum is 0.5, and 0.9 in this comparison."),
        ({"seed": 7}, [None] * 4, "Its seed is 7, and 1 in this comparison."),
        ({"noise": "pair:0.4"}, [None] * 4, "Its noise is pair:0.4, and sym:0.4 in this"),
        ({"self_kd": "mconf"}, [None] * 4, "Its self_kd is mconf, and ce in this comparison."),
    ],
)
def test_what_differs_is_said_and_its_numbers_are_not_used(tmp_path, of_last, teachers, said):
    *others, last = results_of(tmp_path, of_last, teachers)
    assert [result["status"] for result in others] == ["ended"] * 3
    assert last["status"] == "failed"
    assert last["failure"].startswith(said)
    assert last["test_mean_accuracy"] is None
    assert (last["noise"], last["seed"]) == ("sym:0.4", 1)


def test_a_whole_row_of_another_comparison_is_not_used(tmp_path):
    results = results_of(tmp_path, {}, of_all={"self_kd": "cp"})
    assert [result["status"] for result in results] == ["failed"] * 4
    assert results[0]["failure"].startswith("Its self_kd is cp, and ce in this comparison.")


@pytest.mark.parametrize(
    ("before", "now", "kept_by"),
    [
        ("cmd-p+mconf eta=8", "cmd-p+mconf", "eta=8.0"),
        ("cmd-p+mconf epochs=3", "cmd-p+mconf", "epochs=3"),
        ("cmd-p+mconf milestones=0.2,0.9", "cmd-p+mconf", "milestones=0.2,0.9"),
        ("cmd-p+mconf batch-size=32", "cmd-p+mconf", "batch_size=32"),
        ("cmd-p+mconf", "cmd-p+mconf eta=8", "eta=4.0"),
        ("co-teaching rate=0.1", "co-teaching", "rate=0.1"),
        ("cmd network=cnn", "cmd", "recipe=cnn"),
        ("cmd recipe=table", "cmd", "recipe=table"),
    ],
)
def test_a_row_that_was_another_one_before_has_no_results_of_that(tmp_path, before, now, kept_by):
    """It was taken off, which keeps its runs, and given again under its name."""

    def called(text):
        return Grid(TrainSettings(), (Row.parse(f"x: {text}"),), ("sym:0.4",), (0, 1))

    labels = [(i, 0, 0) for i in range(1297)]
    for cell in called(before).cells():
        write_run(tmp_path, cell, labels=labels)
    results = results_in(tmp_path, called(now))
    assert [result["status"] for result in results] == ["failed"] * 2
    failure = results[1]["failure"]
    assert "Remove its folder runs/x/sym-0.4/seed-1 to have it made anew" in failure
    assert failure.endswith(f"under its name, with what it was: --row 'x: … {kept_by}'.")
    assert {result["status"] for result in results_in(tmp_path, called(before))} == {"ended"}


def test_networks_are_compared_as_they_are_recorded(tmp_path):
    row = Row("two", {"network": "cnn", "network_b": "mlp"})
    grid = Grid(TrainSettings(), (row,), ("none",), (0,))
    (cell,) = grid.cells()
    run = write_run(tmp_path, cell)
    assert results_in(tmp_path, grid)[0]["status"] == "ended"
    config = json.loads((run / "config.json").read_text())
    config["settings"]["network_a"] = "resnet8"
    (run / "config.json").write_text(json.dumps(config))
    assert results_in(tmp_path, grid)[0]["status"] == "failed"


def test_batches_that_were_left_open_are_no_larger_than_the_data(tmp_path):
    (cell,) = ONE.cells()
    write_run(tmp_path, cell, {"batch_size": 3})
    assert results_in(tmp_path, ONE)[0]["status"] == "ended"


def test_what_an_older_run_does_not_know_it_did_as_ever(tmp_path):
    names = ("knowledge", "test_examples", "validation_labels")
    (cell,) = ONE.cells()
    write_run(tmp_path, cell, left_out=names)
    assert results_in(tmp_path, ONE)[0]["status"] == "ended"
    for changes, status in (({"test_examples": 5}, "failed"), ({"knowledge": "refined"}, "ended")):
        grid = Grid(TrainSettings(), (Row("ce", {"self_kd": "ce", **changes}),), ("none",), (0,))
        assert results_in(tmp_path, grid)[0]["status"] == status


@pytest.mark.parametrize(("recipe", "status"), [("digits", "ended"), ("of-old", "ended")])
def test_without_the_shape_of_its_data_a_run_is_taken_to_have_the_right_recipe(
    tmp_path, recipe, status
):
    (cell,) = ONE.cells()
    write_run(tmp_path, cell, {"recipe": recipe}, data={"input_format": None})
    assert results_in(tmp_path, ONE)[0]["status"] == status


def test_the_first_run_of_a_row_is_that_of_the_lowest_seed(tmp_path):
    grid = Grid(TrainSettings(), GRID.rows, ("none",), (5, 0))
    for cell in grid.cells():
        write_run(tmp_path, cell, {"new": cell.seed})
    assert [(r["seed"], r["status"]) for r in results_in(tmp_path, grid)] == [
        (5, "failed"),
        (0, "ended"),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"data": {"class_names": list("abcdefghij")}}, "Its classes are others than those of ce"),
        ({"data": {"sha256": {"test": "0123"}}}, "Its test examples are others"),
        ({"data": {"sha256": {"test": "7e57", "validation": "1"}}}, "Its validation examples"),
        (
            {"labels": ((0, 3, 3), (1, 5, 5), (2, 4, 4))},
            "Its training examples are others than those of ce, none, seed 0",
        ),
        ({"labels": (*LABELS, (3, 1, 1))}, "Its training examples are others"),
        # The noise of another seed makes another label wrong.
        ({"labels": ((0, 1, 3), (1, 4, 4), (2, 4, 4))}, None),
    ],
)
def test_runs_on_other_data_are_not_averaged(tmp_path, data, said):
    grid = Grid(TrainSettings(), GRID.rows, ("none",), (0, 1))
    first, second = grid.cells()
    write_run(tmp_path, first, data={"sha256": {"test": "7e57", "validation": "0"}})
    of_second = {"data": {"sha256": {"test": "7e57", "validation": "0"}}, **data}
    write_run(tmp_path, second, **of_second)
    before, after = results_in(tmp_path, grid)
    assert before["status"] == "ended"
    assert after["status"] == ("ended" if said is None else "failed")
    if said is not None:
        assert after["failure"].startswith(said)
        assert "runs/ce/none/seed-1 or runs/ce/none/seed-0 among them" in after["failure"]


@pytest.mark.parametrize(
    ("second", "status"), [("all+ce", "failed"), ("all+ce train-examples=2", "ended")]
)
def test_rows_are_compared_on_the_same_wrong_labels(tmp_path, second, status):
    """Unless a row has data options of its own."""
    rows = (Row.parse("ce"), Row.parse(second))
    grid = Grid(TrainSettings(), rows, ("sym:0.4",), (0,))
    for number, cell in enumerate(grid.cells()):
        write_run(tmp_path, cell, data={"sha256": {"test": "7e57", "train": str(number)}})
    assert [result["status"] for result in results_in(tmp_path, grid)] == ["ended", status]


def test_a_seed_may_hold_out_examples_of_its_own(tmp_path):
    base = TrainSettings(validation_split=0.5)
    grid = Grid(base, GRID.rows, ("none",), (0, 1))
    for cell in grid.cells():
        digests = {"test": "7e57", "train": str(cell.seed), "validation": str(cell.seed)}
        labels = ((cell.seed, 3, 3),)
        write_run(tmp_path, cell, data={**DATA, "sha256": digests}, labels=labels)
    assert [result["status"] for result in results_in(tmp_path, grid)] == ["ended"] * 2


def test_what_keeps_no_run_is_not_said_of_a_row_that_is_called_by_its_settings(tmp_path):
    def of(epochs):
        row = Row.parse("cmd-p+mconf eta=8")
        return Grid(TrainSettings(epochs=epochs), (row,), ("sym:0.4",), (0,))

    for cell in of(3).cells():
        write_run(tmp_path, cell, labels=[(i, 0, 0) for i in range(1297)])
    (result,) = results_in(tmp_path, of(None))
    assert result["failure"].endswith("to have it made anew.")


def test_an_open_precision_is_that_of_the_process_of_a_run(tmp_path):
    for cell in (grid := Grid(TrainSettings(), (Row.parse("x: cmd"),), ("sym:0.4",), (0,))).cells():
        write_run(tmp_path, cell, labels=[(i, 0, 0) for i in range(1297)])
    with layers_in("mixed_bfloat16"):
        (result,) = results_in(tmp_path, grid)
    assert result["status"] == "ended"
