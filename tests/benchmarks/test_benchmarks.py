"""That the benchmarks run, and what they conclude from given figures; not how fast it is."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks import keras_step, method_work, table
from benchmarks.workload import evaluation_flop, training_flop
from cmd_keras.networks import NETWORKS
from tests.cmd_keras.run.small_networks import normalised

ROOT = Path(__file__).parent.parent.parent


def test_a_smoke_run_prints_and_writes_what_it_measured(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "--smoke", "--output", tmp_path / "smoke.json"]
    command += ["--only", "step"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = json.loads((tmp_path / "smoke.json").read_text())["rows"]
    assert len(rows) == 4
    for row in rows:
        assert f"| {row['question']} |" in done.stdout
        if "PyTorch" in row["question"]:
            assert row["median"] is None
            assert "not installed" in row["why_not"]
        else:
            assert np.isfinite(row["median"])


@pytest.mark.parametrize("kind", ["mutual", "single", "bfloat16", "as-it-comes", "evaluate"])
def test_every_kind_of_step_takes_one(kind, monkeypatch):
    # Less of a network than any of the named ones, which take seconds to compile; its layers
    # are theirs.
    monkeypatch.setitem(NETWORKS, "small", lambda shape, classes, *_: normalised(shape, classes))
    one_step = keras_step.step(kind, "small", keras_step.resident(8))
    assert np.isfinite([one_step(), one_step()]).all()
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("name", ["cross entropy", "elr", "forward", "t2s"])
def test_a_method_takes_a_step_as_runs_do(name, monkeypatch):
    monkeypatch.setitem(NETWORKS, "small", lambda shape, classes, *_: normalised(shape, classes))
    one_step = method_work.step(name, "small", 8)
    first, second = one_step(), one_step()
    assert np.isfinite([first, second]).all()
    assert first != second


def test_a_goal_is_held_against_the_median():
    assert table.Row("q", [0.5, 0.9, 0.7], "<=", 0.7).met is True
    assert table.Row("q", [0.5, 0.9, 0.8], "<=", 0.7).met is False
    assert table.Row("q", [1.0, 3.0], ">=", 2.5).met is False
    assert table.Row("q", [1.0]).met is None
    unmeasured = table.Row("q", [], "<=", 1.0, why_not="no data")
    assert unmeasured.met is None
    assert "not measured" in table.lines([unmeasured])[-1]


@pytest.mark.parametrize("name", ["resnet20", "resnet18"])
def test_flop_are_those_of_the_network(name):
    network = NETWORKS[name]((32, 32, 3), 100, np.zeros(3), np.ones(3), "peer")
    forward = []
    for layer in network.layers:
        if type(layer).__name__ == "Conv2D":
            _, height, width, _ = layer.output.shape
            forward.append(2 * height * width * np.prod(layer.kernel.shape))
    assert evaluation_flop(name, 7) == pytest.approx(7 * sum(forward))
    assert training_flop(name, 7) == pytest.approx(7 * (3 * sum(forward) - forward[0]))
