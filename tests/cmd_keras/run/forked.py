"""Runs in processes of their own that can be killed, without importing TensorFlow each time.

`python -m tests.cmd_keras.run.forked` imports everything once and then, for every line it
reads, forks a child that trains or resumes. A child starts TensorFlow's threads itself, as
a fresh process does: the parent never runs an operation.
"""

import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]


class Trainer:
    """The parent process, seen from the test."""

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
        )
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def start(self, **order):
        """Fork a child; `wait` returns how it ended."""
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())["pid"]

    def wait(self, seconds=None):
        """The return code of the child, negative for a signal; None if it still runs."""
        if seconds is not None and not select.select([self._process.stdout], [], [], seconds)[0]:
            return None
        return json.loads(self._process.stdout.readline())["returncode"]

    def copies(self, pid, run, moments, folder):
        """What a kill at each of these seconds, all in one run, would have left in its folder.

        A child that is held, with all its threads, and one that is killed leave the same
        files. Where the run had not begun the path that is returned does not exist; copies
        that hold the same are one folder. `wait` is called by this in the end.

        Returns:
            A path for each moment, and the return code.
        """
        found, code = [], None
        for number, (before, moment) in enumerate(itertools.pairwise([0.0, *moments])):
            if code is None:
                time.sleep(moment - before)
                # A run that was quicker than the first one has ended, and been waited for.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                code = self.wait()
                copy = folder / str(number)
                if run.exists():
                    shutil.copytree(run, copy)
                if code is None:
                    os.kill(pid, signal.SIGCONT)
            found.append(next((old for old in found if _content(old) == _content(copy)), copy))
        return found, self.wait() if code is None else code


def _content(folder):
    inside = {path.relative_to(folder): path for path in folder.rglob("*")}
    return folder.exists(), {name: p.read_bytes() for name, p in inside.items() if p.is_file()}


def main():
    from cmd_keras.run import TrainSettings, resume, train

    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            try:
                if "settings" in order:
                    train(TrainSettings.from_json(order["settings"]), order["output"])
                else:
                    resume(order["output"])
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(json.dumps({"pid": pid}), flush=True)
        while os.WIFSTOPPED(status := os.waitpid(pid, os.WUNTRACED)[1]):
            print(json.dumps({"returncode": None}), flush=True)
        print(json.dumps({"returncode": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
