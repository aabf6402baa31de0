"""Calls in processes of their own that can be killed, without importing TensorFlow each time.

`python -m tests.forked` imports everything once and then, for every line it reads, forks a
child that makes one call. A child starts TensorFlow's threads itself, as a fresh process
does: the parent never runs an operation.
"""

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
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Forks:
    """The parent process, seen from the test; it has one child at a time.

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
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "KERAS_BACKEND": "tensorflow",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                **self._environment,
            },
        )
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def start(self, call, folder=None, **arguments):
        """Fork a child; `wait` returns how it ended.

        Args:
            call: What it calls, as `module:function`.
            folder: Where it calls it, and leaves what it writes in the files `said` and
                `errors`; without one, here, and its errors are those of the test.
            arguments: What it calls it with.
        """
        order = {"call": call, "folder": folder and str(folder), "arguments": arguments}
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

    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _obey(**order)
        print(json.dumps({"pid": pid}), flush=True)
        while os.WIFSTOPPED(status := os.waitpid(pid, os.WUNTRACED)[1]):
            print(json.dumps({"returncode": None}), flush=True)
        print(json.dumps({"returncode": os.waitstatus_to_exitcode(status)}), flush=True)


def _obey(call, folder, arguments):
    """Make the call and end as a Python program with nothing else in it would."""
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
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
