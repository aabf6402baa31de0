"""The paper's tables: its figures, what is trained for them, and both side by side."""

import dataclasses
import re

import numpy as np
import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

from cmd_keras.compare import compare
from cmd_keras.reproduce import EXPERIMENTS
from cmd_keras.reproduce.beside_the_paper import as_page, beside_the_paper
from cmd_keras.reproduce.experiment import SCALES


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_run_of_every_experiment_can_begin(name, scale):
    experiment = EXPERIMENTS[name]
    grid = experiment.grid(scale, (0, 1), {})
    grid.check()
    assert len(grid.cells()) == 2 * len(experiment.rows) * len(experiment.noises)
    assert {cell.settings.dataset for cell in grid.cells()} == {SCALES[scale]["dataset"]}
    for (row, noise), values in experiment.found.items():
        assert row in experiment.rows
        assert noise in experiment.noises
        assert len(values) == len(experiment.measures)


@pytest.mark.parametrize(
    ("name", "row", "noise", "expected"),
    [
        ("table1", "Zero + CE", "sym:0.4", (48.74,)),
        ("table1", "CMD-S + LS", "sym:0.4", (55.10,)),
        ("table1", "CMD-P + Mconf", "sym:0.4", (69.09,)),
        ("table3", "CE", "none", (75.58,)),
        ("table3", "CMD-P+ProSelfLC", "pair:0.4", (74.55,)),
        ("table4", "Co-teaching+", "pair:0.4", (38.03,)),
        ("table4", "Forward", "sym:0.4", (59.45,)),
        ("table4", "DMI", "pair:0.4", (42.89,)),
        ("table4", "S2E", "sym:0.4", (43.12,)),
        ("table5", "SyncMKD", "sym:0.4", (51.42,)),
        ("table5", "KDCL", "sym:0.4", (51.20,)),
        ("table6", "Tf-KD", "sym:0.4", (51.05, 44.70)),
        ("table6", "CMD-P+Mconf", "sym:0.4", (68.10, 64.37)),
        ("table7", "η = 4", "sym:0.8", (22.45,)),
    ],
)
def test_figures_are_those_of_the_paper(name, row, noise, expected):
    assert EXPERIMENTS[name].found[row, noise] == expected


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("table1", "All + CP", {"mode": "all", "self_kd": "cp"}),
        ("table1", "CMD-S + Mconf", {"mode": "static", "self_kd": "mconf"}),
        ("table3", "Boot-soft", {"mode": "zero", "self_kd": "boot-soft"}),
        ("table4", "Co-teaching+", {"method": "co-teaching+", "rate": None, "warmup": 0.05}),
        ("table4", "Forward", {"method": "forward", "rate": None}),
        ("table5", "SyncMKD", {"method": "sync-mkd"}),
        ("table5", "Tf-KD", {"method": "tf-kd", "mode": None}),
        ("table5", "KDCL", {"method": "kdcl"}),
        ("table7", "η = 3", {"mode": "static", "eta": 3.0}),
        ("figure4", "η = 4, b₂ = -10", {"mode": "progressive", "eta": 4.0, "b2": -10.0}),
    ],
)
def test_a_row_is_trained_as_it_is_called(name, row, expected):
    cells = EXPERIMENTS[name].grid("paper", (0,), {}).cells()
    settings = next(cell.settings for cell in cells if cell.row == row)
    assert {setting: getattr(settings, setting) for setting in expected} == expected
    assert settings.recipe == ("cifar-resnet50" if name == "table4" else "cifar")


def test_both_stand_side_by_side_peer_by_peer_where_they_differ():
    results = [
        {
            "row": "CE",
            "noise": "sym:0.4",
            "seed": seed,
            "test_peer_a_accuracy": 0.5 + seed / 10,
            "test_peer_b_accuracy": 0.25,
        }
        for seed in (0, 1)
    ]
    table = beside_the_paper(EXPERIMENTS["table6"], results)
    assert table[0] == ["method", "sym:0.4, A", "paper", "sym:0.4, B", "paper"]
    assert table[1] == ["CE", "55.0 ± 7.1 (2)", "50.63", "25.0 ± 0.0 (2)", "44.06"]
    assert table[3] == ["ProSelfLC", "–", "58.51", "–", "58.89"]


def test_the_papers_scale_trains_on_a_tiny_copy_of_the_data(tmp_path):
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (48, 32, 32, 3), dtype=np.uint8)
    np.savez(
        tmp_path / "tiny.npz",
        x_train=images,
        y_train=np.arange(48) % 12,
        x_test=images[:24],
        y_test=np.arange(24) % 12,
    )
    # Two rows, and a network that compiles in seconds; all else is the recipe of the paper.
    whole = EXPERIMENTS["table5"]
    rows = {name: whole.rows[name] for name in ("SyncMKD", "CMD-P+Mconf")}
    few = dataclasses.replace(whole, rows=rows)
    changes = {"dataset": f"npz:{tmp_path / 'tiny.npz'}", "epochs": 1, "network": "resnet8"}
    grid = few.grid("paper", (0,), changes)
    results = compare(grid, tmp_path / "out", processes=2)
    assert [result["status"] for result in results] == ["ended", "ended"]
    table = beside_the_paper(few, results)
    page = as_page(few, table, "paper", grid.base.dataset, changes)
    assert re.search(r"\| SyncMKD \| [0-9.]+ \(1\) \| 51\.42 \|", page)
    assert "These are not the paper's data" in page
    assert "epochs=1, network=resnet8" in page
    # Of the paper's data as well, if they are trained on in another way.
    assert "(given: epochs=1)" in as_page(few, table, "paper", "cifar100", {"epochs": 1})
    assert "These" not in as_page(few, table, "paper", "cifar100", {"data_dir": "sets"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["table2"], "is unknown"),
        (["table1"], "Name the folder of the experiment"),
        (["table1", "--scale", "large"], "is unknown"),
        (["table1", "--seeds", "0", "--output", "new"], "Invalid value for '--seeds'"),
        (["table1", "--epochs", "0", "--output", "new"], "epochs must be at least 1"),
        (["table1", "--rho", "0.7", "--output", "new"], "No such option"),
    ],
)
def test_wrong_input_is_answered_in_a_line(arguments, said):
    runner = CliRunner()
    with runner.isolated_filesystem():
        result = runner.invoke(main, ["reproduce", *arguments])
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
