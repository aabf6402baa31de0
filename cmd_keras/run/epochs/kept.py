"""What is kept of a run that was stopped, or could not go on, and how to go on."""

import contextlib
import os
from collections.abc import Iterator

from cmd_keras.errors import DivergenceError, RunError
from cmd_keras.run.epochs.checkpoints import Checkpoints
from cmd_keras.run.folder.resuming import more_slowly, resuming
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.user_path import user_path


def how_to_continue(path: str | os.PathLike) -> str:
    """One or two sentences about a stopped run: what is kept of it and how to go on."""
    if not (user_path(path) / "config.json").exists():
        return "Nothing was trained yet."
    return f"{_what_is_kept(path)} Continue with: {resuming(path)}"


@contextlib.contextmanager
def kept(folder: RunFolder) -> Iterator[None]:
    """Says, where training or the disk fails in this block, what is kept and what to do.

    Raises:
        RunError: in place of the failure.
    """
    path = folder.path
    try:
        yield
    except DivergenceError as error:
        raise DivergenceError(
            f"{error} {_what_is_kept(path)} Begin anew with: {more_slowly(path)}"
        ) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or path
        raise RunError(
            f"Cannot read or write {where}: {error.strerror or error}. {how_to_continue(path)}"
        ) from error


def _what_is_kept(path: str | os.PathLike) -> str:
    checkpoint, _ = Checkpoints(RunFolder(path)).latest()
    return f"Epochs 1 to {checkpoint.epoch} are kept." if checkpoint else "No epoch was finished."
