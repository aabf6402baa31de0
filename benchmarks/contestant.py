"""Processes that do one piece of work at a time, when they are told to.

Two frameworks in one process share threads and settings, and two runs one after the
other do not share the minute. So each contestant gets a process, and a line on its
standard input is the starting signal.
"""

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# Threads that wait for more work spin for a few milliseconds before they sleep.
_SECONDS_TO_FALL_ASLEEP = 0.05


class Contestant:
    """The parent's end of a process that runs `serve`.

    Args:
        module: What to run, as in `python -m`.
        arguments: Handed to it, as strings.
        environment: Added to this process's own; None removes a variable.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[Any] = (),
        environment: dict[str, str | None] | None = None,
    ) -> None:
        merged = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **(environment or {})}
        self.name = " ".join((module, *map(str, arguments)))
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env={name: value for name, value in merged.items() if value is not None},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @functools.cached_property
    def about(self) -> Any:
        """What it had to say of itself when it was ready, which is waited for."""
        return self._answer()

    def run(self) -> Any:
        """Give the signal; what the work returned, once it is done.

        Raises:
            RuntimeError: if the process has ended.
        """
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with exit code {self._process.wait()}.")
        return json.loads(line)

    def __enter__(self) -> "Contestant":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def serve(work: Callable[[], Any], about: Any = None) -> None:
    """The child's end: do the work once for every line, until the input ends.

    Args:
        work: Returns something that JSON can hold.
        about: Sent when ready, before the first signal.
    """
    # Anything that a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps(about), file=answers, flush=True)
    for _ in sys.stdin:
        print(json.dumps(work()), file=answers, flush=True)


def seconds(work: Callable[[], Any]) -> float:
    """How long the work takes, once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def take_turns(
    contestants: dict[str, Contestant], rounds: int, pause: float = _SECONDS_TO_FALL_ASLEEP
) -> dict[str, list]:
    """Let all run, one after the other, round after round.

    Args:
        contestants: By name.
        rounds: How often each runs. One round more, the first, is thrown away.
        pause: Seconds of rest before each run.

    Returns:
        What each returned in each round.
    """
    results: dict[str, list] = {name: [] for name in contestants}
    # All start side by side; none runs before the last is ready.
    for contestant in contestants.values():
        _ = contestant.about
    for turn in range(rounds + 1):
        for name in _rotated(contestants, turn):
            time.sleep(pause)
            result = contestants[name].run()
            if turn > 0:
                results[name].append(result)
    return results


def _rotated(names: Iterable[str], by: int) -> list[str]:
    # Nobody always runs after the same neighbour.
    names = list(names)
    by %= len(names)
    return names[by:] + names[:by]
