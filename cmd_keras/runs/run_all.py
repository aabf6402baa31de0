"""Several runs to their end, as many at a time as there may be."""

from collections.abc import Callable

from cmd_keras.runs.job import Job, Outcome
from cmd_keras.runs.processes import RunProcesses


def run_all(jobs: list[Job], running: RunProcesses, note: Callable[[Outcome], None]) -> None:
    """Make all runs.

    Args:
        jobs: What is to be made, in this order.
        running: The processes that make it.
        note: Called with each run that has ended.
    """
    waiting = list(jobs)
    while waiting or running.jobs:
        while waiting and not running.full:
            running.start(waiting.pop(0))
        for outcome in running.ended():
            note(outcome)
