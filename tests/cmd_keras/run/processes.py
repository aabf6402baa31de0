"""Processes that miss, or contradict, each other; run by `make test-jax`, because they need JAX."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from cmd_keras.errors import InputError
from tests.cmd_keras.run import apart
from tests.cmd_keras.run.together import children, environment, free_port, start_together


def wait_for_a_checkpoint(run):
    deadline = time.monotonic() + 300
    while not list(run.glob("checkpoints/epoch-*.npz")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_process_stops_the_others_with_a_word_and_the_run_resumes(forks, tmp_path, victim):
    settings = apart.settings(tmp_path, strategy="data-parallel", backend="jax", epochs=400)
    processes = start_together(forks, 2, {"settings": settings, "output": str(tmp_path / "run")})
    wait_for_a_checkpoint(tmp_path / "run")
    processes[victim].kill()
    killed = time.monotonic()
    other = processes[1 - victim]
    errors = other.communicate(timeout=60)[1]
    assert time.monotonic() - killed < 60
    assert other.returncode == 1
    assert "Another process of this run has ended, or cannot be reached any more." in errors
    processes[victim].communicate()
    if victim == 0:
        return
    # To the end in a moment: what was kept becomes the last epoch but one.
    kept = max((tmp_path / "run/checkpoints").glob("epoch-*.npz"))
    epochs = int(kept.stem.removeprefix("epoch-")) + 1
    config = json.loads((tmp_path / "run/config.json").read_text())
    config["settings"]["epochs"] = epochs
    (tmp_path / "run/config.json").write_text(json.dumps(config))
    order = {"output": str(tmp_path / "run"), "strategy": "data-parallel"}
    first, _ = map(apart.finish, start_together(forks, 2, order))
    assert f"continuing after epoch {epochs - 1}" in first
    assert len(apart.rows(tmp_path / "run")) == epochs
    assert (tmp_path / "run/metrics.json").exists()


@pytest.mark.parametrize(("victim", "number"), [(0, signal.SIGINT), (1, signal.SIGTERM)])
def test_a_process_that_is_asked_to_stop_does_and_the_other_is_told(
    forks, tmp_path, victim, number
):
    arguments = ["train", "--backend", "jax", "--strategy", "data-parallel", "--epochs", "4000"]
    arguments += ["--output", str(tmp_path / "run")]
    processes = children(forks, 2, "tests.forked:command", arguments=arguments)
    wait_for_a_checkpoint(tmp_path / "run")
    processes[victim].send_signal(number)
    asked = time.monotonic()
    said, others = (processes[i].communicate(timeout=60)[1] for i in (victim, 1 - victim))
    assert time.monotonic() - asked < 30
    assert processes[victim].returncode == 128 + number, said
    assert f"Stopped by {number.name}." in said
    assert processes[1 - victim].returncode == 1
    assert "Another process of this run has ended, or cannot be reached any more." in others


@pytest.mark.parametrize("victim", [0, 1])
def test_a_process_that_falls_silent_is_missed(forks, tmp_path, victim):
    settings = apart.settings(tmp_path, strategy="data-parallel", backend="jax", epochs=4000)
    order = {"settings": settings, "output": str(tmp_path / "run")}
    (tmp_path / "temporary").mkdir()
    processes = start_together(forks, 2, order, TMPDIR=str(tmp_path / "temporary"))
    wait_for_a_checkpoint(tmp_path / "run")
    processes[victim].send_signal(signal.SIGSTOP)
    silent = time.monotonic()
    try:
        errors = processes[1 - victim].communicate(timeout=90)[1]
        assert time.monotonic() - silent < 60
    finally:
        processes[victim].kill()
        processes[victim].communicate()
    assert processes[1 - victim].returncode == 1
    assert "Another process of this run has ended, or cannot be reached any more." in errors
    # Process 1 has a folder of its own; one that is killed cannot remove it.
    left = list((tmp_path / "temporary").glob("cmd-keras-*"))
    assert len(left) == victim


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (lambda folder: {"learning_rate": 0.2, "epochs": 4}, "epochs and learning_rate"),
        (lambda folder: {"dataset": f"npz:{folder / 'other.npz'}"}, "labels"),
    ],
)
def test_processes_that_were_not_told_the_same_are_told_so(forks, tmp_path, changes, said):
    settings = apart.settings(tmp_path, strategy="data-parallel", backend="jax")
    with np.load(tmp_path / "digits.npz") as digits:
        np.savez(tmp_path / "other.npz", x=digits["x"], y=(digits["y"] + 1) % 10)
    port, processes = free_port(), []
    for number, changed in enumerate(({}, changes(tmp_path))):
        order = {"settings": {**settings, **changed}, "output": str(tmp_path / "run")}
        processes.append(apart.start(forks, [order], **environment(2, number, port)))
    for process in processes:
        errors = process.communicate(timeout=120)[1]
        assert f"Process 1 has other {said} than process 0." in errors
        assert process.returncode != 0
    assert not (tmp_path / "run").exists()


BEGINNING = """
import os, jax, keras, numpy as np
from cmd_keras.run.devices.data_parallel import DataParallel
strategy = DataParallel.from_environment(os.environ)
keras.utils.set_random_seed(0)
other = jax.process_index() * 1e-7
"""
WITH_OTHER_WEIGHTS = {
    "The peers would not begin with the same weights on all processes.": """
with strategy.scope():
    keras.Variable(np.full(3, other))
""",
    "Process 1 ended with other weights than process 0.": """
with strategy.scope():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
bias = network.weights[1]
own = np.full(3, other, "float32")
bias._value = jax.make_array_from_process_local_data(bias.value.sharding, own)
strategy.check_weights(network)
""",
}


@pytest.mark.parametrize("said", WITH_OTHER_WEIGHTS, ids=("begin", "end"))
def test_processes_that_hold_other_weights_are_told_so(forks, said):
    script = BEGINNING + WITH_OTHER_WEIGHTS[said]
    processes = children(forks, 2, "tests.cmd_keras.run.apart:follow", script=script)
    # What one of them sees may end it before the other has looked.
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert said in "".join(errors)
    assert all(process.returncode != 0 for process in processes)


def test_a_process_alone_gives_up_with_a_word():
    script = (
        "import os\n"
        "from cmd_keras.run.devices import data_parallel, processes\n"
        "processes._START = 2\n"
        "data_parallel.DataParallel.from_environment(os.environ)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": "jax", **environment(2, 1, free_port())},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "Process 1 of 2 could not meet the others at 127.0.0.1:" in ended.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"KERAS_DISTRIBUTION_PROCESS_ID": ""}, "are set, but not KERAS_DISTRIBUTION_PROCESS_ID"),
        ({"KERAS_DISTRIBUTION_PROCESS_ID": "2"}, r"must lie in 0 … 1 .* received 2"),
        ({"KERAS_DISTRIBUTION_NUM_PROCESSES": "two"}, "must be a number, received 'two'"),
        ({"KERAS_DISTRIBUTION_JOB_ADDRESSES": "host"}, "must begin with HOST:PORT"),
        ({"KERAS_DISTRIBUTION_JOB_ADDRESSES": "a:1,b:1,c:1"}, "names 3 processes, but"),
    ],
)
def test_an_environment_that_contradicts_itself_is_said(changes, message):
    from cmd_keras.run.devices.data_parallel import DataParallel

    with pytest.raises(InputError, match=message):
        DataParallel.from_environment({**environment(2, 1, 1234), **changes})
