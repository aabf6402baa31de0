"""`cmd-keras compare`: wrong input in a line and exit code 2, a failed run exit code 1."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main


def call(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the folder of the comparison, with --output."),
        (["--seeds", "0"], "at least 1 and at most 10,000, nor a range such as 5-9"),
        (["--seeds", "9-5"], "Invalid value for '--seeds'"),
        (["--seeds", "0-10000"], "Invalid value for '--seeds'"),
        (["--seeds", "-3"], "Invalid value for '--seeds'"),
        (["--seeds", "1-2147483648"], "Invalid value for '--seeds'"),
        (["--seeds", "two"], "Invalid value for '--seeds'"),
        (["--row", "cmdp+mconf"], "Did you mean 'cmd-p+mconf'"),
        (["--row", "ce", "--row", "ce"], "Two rows are called ce"),
        (["--strategy", "data-parallel"], "strategy must be one-device or mirrored"),
        (["--noise", "sym:7"], "noise rate must lie in"),
        (["--processes", "0"], "processes must be at least 1"),
        (["--processes", "100000"], "processes must be at most"),
        (["--against", "x"], "no row 'x'"),
        (["--dataset", "csv:nowhere.csv", "--target", "y"], "nowhere.csv"),
        (["--eta", "4"], "No such option"),
        (["--epochs", "0"], "epochs must be at least 1"),
        (["--row", "sync-mkd eta=2"], "eta has no effect with method=sync-mkd"),
        (["--without", "ce"], "name that with --resume"),
    ],
)
def test_wrong_input_is_answered_in_a_line(tmp_path, arguments, said):
    output = [] if not arguments else ["--output", tmp_path / "new"]
    result = call(*arguments, *output)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()


def test_resume_takes_a_comparison_and_nothing_besides(tmp_path):
    result = call("--resume", tmp_path)
    assert result.exit_code == 2
    assert "is not the folder of a comparison" in result.output
    result = call("--resume", tmp_path, "--row", "ce")
    assert result.exit_code == 2
    assert "--resume goes on with a comparison as it was begun" in result.output
    (tmp_path / "comparison.json").write_text('{"base": 3}')
    result = call("--resume", tmp_path)
    assert result.exit_code == 2
    assert "comparison.json" in result.output


def test_a_row_is_taken_off_and_found_again(tmp_path):
    """Its runs are not touched; a row that there is not is refused, and so is taking off all."""
    options = ["--epochs", "1", "--seeds", "1", "--output", tmp_path / "out"]
    assert call("--row", "ce", "--row", "mconf", *options).exit_code == 0
    result = call("--resume", tmp_path / "out", "--without", "mcon")
    assert result.exit_code == 2
    assert "There is no row 'mcon'. Did you mean 'mconf'?" in result.output
    result = call("--resume", tmp_path / "out", "--without", "ce", "--without", "mconf")
    assert result.exit_code == 2
    assert "none would be left" in result.output
    for refused in (["--against", "ce"], ["--processes", "0"]):
        result = call("--resume", tmp_path / "out", "--without", "ce", *refused)
        assert result.exit_code == 2
        assert rows_of(tmp_path / "out/results.csv") == ["ce", "mconf"]
        assert "ce" in json.loads((tmp_path / "out/comparison.json").read_text())["rows"]
    result = call("--resume", tmp_path / "out", "--without", "ce")
    assert result.exit_code == 0, result.output
    assert rows_of(tmp_path / "out/results.csv") == ["mconf"]
    kept = tmp_path / "out/runs/ce/sym-0.4/seed-0/metrics.json"
    stamp = kept.stat().st_mtime_ns
    assert call("--row", "ce", *options).exit_code == 0
    assert rows_of(tmp_path / "out/results.csv") == ["mconf", "ce"]
    assert kept.stat().st_mtime_ns == stamp


def rows_of(path):
    return [line["row"] for line in results_of(path.parent)]


def results_of(folder):
    with (folder / "results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_machines_may_share_a_comparison(tmp_path):
    def compared(place, seeds):
        options = ("--epochs", "1", "--row", "ce", "--seeds", seeds)
        return call(*options, "--output", tmp_path / place)

    for place, seeds in (("a", "1"), ("b", "3-4")):
        assert compared(place, seeds).exit_code == 0
    shutil.copytree(tmp_path / "b/runs", tmp_path / "a/runs", dirs_exist_ok=True)
    result = compared("a", "3-4")
    assert result.exit_code == 0, result.output
    assert "3 runs, 3 of them have ended already" in result.output
    by_seed = {r["seed"]: r["test_mean_accuracy"] for r in results_of(tmp_path / "a")}
    assert by_seed.keys() == {"0", "3", "4"}
    assert {r["seed"]: r["test_mean_accuracy"] for r in results_of(tmp_path / "b")} == {
        seed: by_seed[seed] for seed in ("3", "4")
    }


def test_a_row_that_fails_is_said_how_to_take_off(tmp_path):
    broken = ["--row", "ce", "--row", "mconf learning-rate=1e30"]
    options = ["--epochs", "1", "--seeds", "1", "--output", tmp_path / "out"]
    result = call(*broken, *options)
    assert result.exit_code == 1
    assert "--without ROW" in " ".join(result.output.split())
    result = call("--resume", tmp_path / "out", "--without", "mconf learning-rate=1e30")
    assert result.exit_code == 0, result.output


def test_stopped_it_says_how_to_go_on_and_what_there_is_stands_in_the_table(tmp_path):
    code = "from cmd_keras_cli.main import main; main(prog_name='cmd-keras')"
    options = ("--row", "ce epochs=1", "--row", "ce epochs=9999", "--seeds", "1")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "compare", *options, "--output", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    second = tmp_path / "out/runs/ce-epochs=9999/sym-0.4/seed-0/history.csv"
    deadline = time.monotonic() + 120
    while not second.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "Stopped by SIGTERM. What has ended is kept." in errors
    assert "Traceback" not in said + errors
    with (tmp_path / "out/results.csv").open(newline="") as file:
        assert [line["status"] for line in csv.DictReader(file)] == ["ended", "open"]
