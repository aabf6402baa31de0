"""Runs side by side: one that fails, or that the system kills, is no other's concern."""

import multiprocessing
import signal
import sys
import time
from multiprocessing.connection import Connection, wait
from typing import Any

from cmd_keras.notice import notice
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.runs.in_process import run_in_process
from cmd_keras.runs.job import Job, Outcome, log_of
from cmd_keras.runs.memory import check_processes


class RunProcesses:
    """At most so many runs at a time. A context manager: what still runs at its end is stopped.

    What several of them have to say of their data or method, though it stops nothing, is said once.

    Args:
        most: How many.

    Raises:
        InputError: if they are fewer than one, or more than the memory of this machine holds.
    """

    def __init__(self, most: int) -> None:
        check_processes(most)
        self._most = most
        self._running: dict[Connection, tuple[Job, Any, float]] = {}
        self._said: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether no other run may be started now."""
        return len(self._running) >= self._most

    @property
    def jobs(self) -> list[Job]:
        """The runs that are going on."""
        return [job for job, _, _ in self._running.values()]

    def __enter__(self) -> "RunProcesses":
        self._context = _context()
        return self

    def __exit__(self, *_: object) -> None:
        for _, process, _ in self._running.values():
            process.kill()
        for _, process, _ in self._running.values():
            process.join()

    def start(self, job: Job) -> None:
        """Begin a run, or go on with it."""
        job.folder.parent.mkdir(parents=True, exist_ok=True)
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=run_in_process, args=(job.folder, job.settings, log_of(job.folder), theirs)
        )
        process.start()
        theirs.close()
        self._running[ours] = (job, process, time.monotonic())

    def stop(self, job: Job) -> None:
        """End a run where it is; it is not among those that `ended` returns."""
        for answer, (other, process, _) in list(self._running.items()):
            if other == job:
                process.kill()
                process.join()
                answer.close()
                del self._running[answer]

    def ended(self, seconds: float | None = None) -> list[Outcome]:
        """How the runs ended that have done so, once there is one.

        Args:
            seconds: How long to wait for it at most.
        """
        return [self._outcome(answer) for answer in wait(list(self._running), seconds)]

    def _outcome(self, answer: Connection) -> Outcome:
        job, process, started = self._running.pop(answer)
        try:
            failure, notices = answer.recv()
            answered = True
        except (EOFError, OSError):
            # Nothing was sent, or the process ended while it was sending.
            failure, notices, answered = None, [], False
        for message in notices:
            if message not in self._said:
                self._said.add(message)
                notice(message)
        process.join()
        answer.close()
        died = not answered or process.exitcode != 0
        # What befalls the process after the last file of its run takes nothing from the run.
        if failure is None and died and not RunFolder(job.folder).has_ended():
            failure = _death(process.exitcode)
        return Outcome(job, time.monotonic() - started, failure)


def _context() -> Any:
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    # Imports all that a run takes once; each run is then a fork of what has not computed yet.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cmd_keras.runs.preload"])
    return context


def _death(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        likely = "; perhaps there was not enough memory" if name == "SIGKILL" else ""
        return f"Its process was ended by {name}{likely}."
    if code == 0:
        return "Its process ended without a result, as if a function of the run called sys.exit()."
    return f"Its process ended with exit code {code}."
