"""What the process of one run does."""

import os
import shutil
import signal
import sys
import threading
import traceback
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path

from cmd_keras.notice import notices_to
from cmd_keras.run.settings.train_settings import TrainSettings


def run_in_process(folder: Path, settings: TrainSettings, log: Path, answer: Connection) -> None:
    """Make a run, or go on with it, and say how it ended.

    Args:
        folder: Of the run.
        settings: Of the run.
        log: The file that gets what the process writes; it is kept where the run fails.
        answer: Is sent None, or a sentence about why there is no result; and the notices.
    """
    # Ctrl-C reaches every process of a terminal; the one that started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _write_to(log)
    notices: list[str] = []
    try:
        with notices_to(notices.append):
            _train(folder, settings)
        failure = None
    except Exception as error:
        failure = _sentence(error)
    sys.stdout.flush()
    sys.stderr.flush()
    if failure is None:
        log.unlink()
    answer.send((failure, notices))


def _train(folder: Path, settings: TrainSettings) -> None:
    from cmd_keras.runs.begun_or_new import train_or_resume

    train_or_resume(settings, folder)
    # They serve to go on, and take most of the room.
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)


def _sentence(error: Exception) -> str:
    from cmd_keras.errors import InputError, RunError, first_line

    if isinstance(error, (InputError, RunError)):
        return str(error)
    traceback.print_exc()
    return f"{type(error).__name__}: {first_line(error)}"


def _end_with_parent() -> None:
    # A run without anybody who waits for it would keep its folder locked.
    parent_process().join()
    os._exit(1)


def _write_to(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
