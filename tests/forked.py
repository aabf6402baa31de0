"""Calls in processes of their own that can be killed, without importing TensorFlow each time.

`python -m tests.forked` imports everything once and then, for every line it reads, forks a
child that makes one call. A child starts TensorFlow's threads itself, as a fresh process
does: the parent never runs an operation.
"""

import atexit
import contextlib
import importlib
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Child:
    """One of several children at a time, as `subprocess.Popen` would have it.

    Args:
        forks: Its parent.
        folder: Where it writes what it says.
        pid: Its process.
    """

    def __init__(self, forks, folder, pid):
        self._forks, self._folder, self._pid = forks, folder, pid
        self.returncode = None

    def communicate(self, timeout=None):
        """Wait for its end; what it wrote to standard output and to standard error."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(f"child {self._pid}", timeout)
            # None as well if it was halted.
            self.returncode = self._forks.wait(left, self._pid)
        return tuple((self._folder / name).read_text() for name in ("said", "errors"))

    def send_signal(self, number):
        """Send it a signal."""
        os.kill(self._pid, number)

    def kill(self):
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Forks:
    """The parent process, seen from the test.

    Args:
        environment: What its environment holds besides that of the test.
    """

    def __init__(self, **environment):
        self._environment = environment

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={
                **os.environ,
                "KERAS_BACKEND": "tensorflow",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                **self._environment,
            },
        )
        self._heard, self._ended = b"", {}
        self._folders = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._folders.cleanup()

    def child(self, call, environment, **arguments):
        """Fork one of several children, with this in its environment besides."""
        folder = Path(tempfile.mkdtemp(dir=self._folders.name))
        return Child(self, folder, self.start(call, folder, environment, **arguments))

    def start(self, call, folder=None, environment=None, **arguments):
        """Fork a child; `wait` returns how it ended.

        Args:
            call: What it calls, as `module:function`.
            folder: Where it calls it, and leaves what it writes in the files `said` and
                `errors`; without one, here, and its errors are those of the test.
            environment: What it finds in its environment besides.
            arguments: What it calls it with.
        """
        order = {
            "call": call,
            "folder": folder and str(folder),
            "environment": environment or {},
            "arguments": arguments,
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        while "started" not in (answer := self._answer()):
            self._ended[answer["pid"]] = answer["returncode"]
        self._last = answer["started"]
        return self._last

    def wait(self, seconds=None, pid=None):
        """The return code of a child, negative for a signal; None if it runs, or is halted.

        Args:
            seconds: How long to wait at most.
            pid: Which child; the last one, unless given.
        """
        pid = self._last if pid is None else pid
        deadline = None if seconds is None else time.monotonic() + seconds
        while pid not in self._ended:
            if (answer := self._answer(deadline)) is None:
                return None
            self._ended[answer["pid"]] = answer["returncode"]
        return self._ended.pop(pid)

    def _answer(self, deadline=None):
        """What the parent says next; None if it says nothing until then."""
        answers = self._process.stdout.fileno()
        while b"\n" not in self._heard:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([answers], [], [], left)[0]:
                return None
            more = os.read(answers, 2**16)
            assert more, "the parent of all children has ended"
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)

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


def train(settings, output):
    """A run, from what `TrainSettings.to_json` gives."""
    from cmd_keras.run import TrainSettings, train

    train(TrainSettings.from_json(settings), output)


def resume(output):
    """Goes on with a run."""
    from cmd_keras.run import resume

    resume(output)


def command(arguments):
    """The command line, as its console script calls it."""
    from cmd_keras_cli.main import main

    main(arguments, prog_name="cmd-keras")


def main():
    for name in ("cmd_keras.runs.preload", "cmd_keras_cli.main"):
        importlib.import_module(name)

    children = set()
    while True:
        # One order at a time comes, so that none waits behind another in the buffer.
        if select.select([sys.stdin], [], [], 0.01 if children else None)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            pid = os.fork()
            if pid == 0:
                _obey(**json.loads(line))
            children.add(pid)
            print(json.dumps({"started": pid}), flush=True)
        for pid in list(children):
            done, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
            if done:
                halted = os.WIFSTOPPED(status)
                code = None if halted else os.waitstatus_to_exitcode(status)
                print(json.dumps({"pid": pid, "returncode": code}), flush=True)
                if not halted:
                    children.remove(pid)


def _obey(call, folder, environment, arguments):
    """Make the call and end as a Python program with nothing else in it would."""
    os.environ.update(environment)
    tempfile.tempdir = None
    sys.stdin.close()
    # Its standard output is where its parent answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if folder is not None:
        os.chdir(folder)
        for number, name in ((1, "said"), (2, "errors")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = 1
    try:
        module, _, function = call.partition(":")
        getattr(importlib.import_module(module), function)(**arguments)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
