"""A file, or a folder, is whole, or it is not there."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

# How the names of files begin that are being written. One that a killed process left behind
# is no content.
UNFINISHED = ".unfinished-"


@contextlib.contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path that becomes `target` when the block ends without error.

    What was written is on the disk before it gets its name, so that not even a power cut
    leaves half a file.
    """
    target.parent.mkdir(exist_ok=True)
    # The suffix stays, because Keras and matplotlib choose the format by it.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED, suffix=target.suffix)
    os.close(handle)
    try:
        yield Path(temporary)
        # mkstemp makes a file that nobody else may read.
        os.chmod(temporary, 0o666 & ~_umask())
        _flush(temporary)
        os.replace(temporary, target)
        _flush(target.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


@contextlib.contextmanager
def whole_tree(target: Path) -> Iterator[Path]:
    """A temporary folder that becomes `target` when the block ends without error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = tempfile.mkdtemp(dir=target.parent, prefix=UNFINISHED)
    try:
        yield Path(temporary)
        # mkdtemp makes a folder that nobody else may look into.
        os.chmod(temporary, 0o777 & ~_umask())
        os.rename(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _flush(path: str | os.PathLike) -> None:
    # Windows can neither open a folder nor flush a file opened for reading.
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
