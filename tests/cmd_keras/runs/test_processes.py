"""How a run ended, from what its process left behind."""

import multiprocessing
import os
import sys

import pytest

from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs import processes
from cmd_keras.runs.job import Job


def result(folder):
    folder.mkdir()
    for name in ("peer_a.keras", "peer_b.keras", "metrics.json"):
        (folder / name).touch()


def exit_without_a_result(folder, settings, log, answer):
    sys.exit(0)


def die_without_a_result(folder, settings, log, answer):
    os._exit(3)


def die_while_answering(folder, settings, log, answer):
    os.write(answer.fileno(), b"\0\0\0\x64half")
    os._exit(3)


def die_after_the_result(folder, settings, log, answer):
    result(folder)
    os._exit(3)


def die_after_the_answer(folder, settings, log, answer):
    result(folder)
    answer.send((None, []))
    os._exit(3)


def fail_on_a_run_that_has_ended(folder, settings, log, answer):
    result(folder)
    answer.send(("It is a run of other settings.", []))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (exit_without_a_result, "without a result"),
        (die_without_a_result, "exit code 3"),
        (die_while_answering, "exit code 3"),
        (die_after_the_result, None),
        (die_after_the_answer, None),
        (fail_on_a_run_that_has_ended, "other settings"),
    ],
)
def test_a_run_has_ended_where_its_last_file_stands(tmp_path, monkeypatch, target, said):
    # Without what a real run imports.
    monkeypatch.setattr(processes, "_context", lambda: multiprocessing.get_context("spawn"))
    monkeypatch.setattr(processes, "run_in_process", target)
    job = Job(tmp_path / "run", TrainSettings())
    with processes.RunProcesses(1) as running:
        running.start(job)
        (outcome,) = running.ended()
    assert outcome.job == job
    assert outcome.failure is None if said is None else said in outcome.failure
