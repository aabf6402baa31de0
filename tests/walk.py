"""The files through which the settings of a run walk, from the command to the last result.

    python -m tests.walk

A stop is a file in which a line names the settings, or a function is given them (or the run
that holds them), until a line of another file does. A return is a stop in a file that was
left before: what a reader has to open again.
"""

import linecache
import re
import sys
import tempfile
from pathlib import Path

from cmd_keras_cli.main import main

ROOT = Path(__file__).parent.parent
OURS = tuple(str(ROOT / package) for package in ("cli", "cmd_keras", "cmdcore"))
WORD = re.compile(r"\bsettings\b")


def are_settings(value):
    return type(value).__name__ == "TrainSettings"


def hold_settings(value):
    plan = getattr(value, "plan", value)
    return are_settings(value) or are_settings(getattr(plan, "settings", None))


def names_settings(frame):
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    here = frame.f_locals.get("settings"), frame.f_locals.get("self")
    of_itself = are_settings(here[1]) and "self." in line
    return of_itself or (bool(WORD.search(line)) and any(map(hold_settings, here)))


def walk():
    """`(file, function, line)` of each stop of `cmd-keras train`."""
    stops = []

    def stop(frame):
        file = str(Path(frame.f_code.co_filename).relative_to(ROOT))
        if not stops or stops[-1][0] != file:
            stops.append((file, frame.f_code.co_name, frame.f_lineno))

    def inside(frame, event, _):
        if event == "line" and names_settings(frame):
            stop(frame)
        return inside

    def entered(frame, event, _):
        code = frame.f_code
        if not code.co_filename.startswith(OURS):
            return None
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(hold_settings(frame.f_locals.get(name)) for name in given):
            stop(frame)
        return inside

    with tempfile.TemporaryDirectory() as folder:
        sys.settrace(entered)
        try:
            main(["train", "--epochs", "1", "--output", f"{folder}/run"], standalone_mode=False)
        finally:
            sys.settrace(None)
    return stops


if __name__ == "__main__":
    stops = walk()
    files = [file for file, _, _ in stops]
    for stop in stops:
        print(*stop)
    print(f"{len(stops)} stops in {len(set(files))} files, {len(stops) - len(set(files))} returns,")
    print(f"cmd_keras/run/train.py {files.count('cmd_keras/run/train.py')} times")
