"""What ends a run early is said in one line, and the run goes on as if nothing had been."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cmd_keras_cli.process_switches import switches

from tests import forked

COMMAND = Path(sys.executable).parent / "cmd-keras"
TRAIN = ["train", "--epochs", "6", "--output", "run"]


class Started:
    """The command in a process of its own, from the first import on."""

    def __init__(self, _, folder, arguments):
        with (folder / "errors").open("w") as errors:
            self._child = subprocess.Popen(
                [COMMAND, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=errors
            )
        self.pid = self._child.pid

    def wait(self, seconds=None):
        """Its return code; None if it still runs."""
        return self._child.poll() if seconds == 0 else self._child.wait(seconds)


class Forked:
    """The command in a child that finds everything imported."""

    def __init__(self, forks, folder, arguments, call="tests.forked:command"):
        self.wait = forks.wait
        self.pid = forks.start(call, folder, arguments=arguments)


@pytest.fixture(scope="module")
def forks():
    # What a command sets before it imports TensorFlow.
    with forked.Forks(**switches()) as forks:
        yield forks


@pytest.fixture(scope="module")
def whole(forks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    assert Forked(forks, folder, TRAIN).wait() == 0, (folder / "errors").read_text()
    return folder / "run"


@pytest.mark.parametrize(("number", "begin"), [(signal.SIGINT, Started), (signal.SIGTERM, Forked)])
def test_a_signal_ends_a_run_in_one_line_and_it_goes_on(number, begin, whole, forks, tmp_path):
    child = begin(forks, tmp_path, TRAIN)
    while not (tmp_path / "run/checkpoints/epoch-000002.npz").exists():
        time.sleep(0.005)
        assert child.wait(0) is None, (tmp_path / "errors").read_text()
    os.kill(child.pid, number)
    assert child.wait(60) == 128 + number
    said = (tmp_path / "errors").read_text().strip()
    name = signal.Signals(number).name
    assert said.startswith(f"Stopped by {name}. Epochs 1 to "), said
    assert said.endswith("Continue with: cmd-keras train --resume run")
    assert len(said.splitlines()) == 1
    done = Forked(forks, tmp_path, ["train", "--resume", "run"]).wait()
    assert done == 0, (tmp_path / "errors").read_text()
    assert "continuing after epoch" in (tmp_path / "said").read_text()
    for name in ("history.csv", "metrics.json", "suspects.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (whole / name).read_bytes()


def limited(arguments):
    """The nearest to a full disk that a test can make: the third checkpoint is too long."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    forked.command(arguments)


def test_a_file_that_may_not_grow_ends_a_run_in_one_line(forks, tmp_path):
    arguments = ["train", "--epochs", "2", "--output", "run"]
    child = Forked(forks, tmp_path, arguments, f"{__name__}:limited")
    assert child.wait() == 1
    said = (tmp_path / "errors").read_text()
    assert "Traceback" not in said
    last = said.strip().splitlines()[-1]
    assert last.startswith("Error: Cannot read or write")
    assert "File too large" in last
    assert "cmd-keras train --resume run" in last
    assert not list((tmp_path / "run").rglob(".unfinished*"))
