"""A folder in which a file is whole or not there."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from cmd_keras.csv_text import csv_text
from cmd_keras.errors import InputError
from cmd_keras.run.folder.whole_file import UNFINISHED, whole
from cmd_keras.user_path import user_path

try:
    import fcntl
except ImportError:  # Windows has no such locks.
    fcntl = None

# No text of a value has a line break in it: JSON escapes them.
_NUMBERS = re.compile(r"\[\n(?:\s*(?:-?\d[\d.eE+-]*|null),?\n)+\s*\]")

_Folder = TypeVar("_Folder", bound="WholeFolder")


class WholeFolder:
    """A folder that one process at a time writes whole files in.

    Args:
        path: An existing folder.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = user_path(path)

    @classmethod
    def made(cls: type[_Folder], path: str | os.PathLike) -> _Folder:
        """The folder, created with its parents where it is not there.

        Raises:
            InputError: if it cannot be created.
        """
        try:
            user_path(path).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"Cannot create the output folder {path}: {error.strerror}.") from None
        return cls(path)

    @staticmethod
    def is_begun(path: str | os.PathLike, file: str, what: str) -> bool:
        """Whether this was begun in the folder; if not, nothing else may be in it.

        Args:
            path: Of the folder, which need not exist.
            file: The file that only this has.
            what: It is, for the message.

        Raises:
            InputError: if it is a file, or holds other files.
        """
        if not str(path):
            raise InputError("The name of the output folder is empty. Name one.")
        path = user_path(path)
        if path.exists() and not path.is_dir():
            raise InputError(f"The output folder {path} is a file. Choose another.")
        if (path / file).is_file():
            return True
        if path.is_dir() and any(path.iterdir()):
            raise InputError(
                f"The output folder {path} holds other files than those of {what}, and has no "
                f"{file}. Choose another."
            )
        return False

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps a second process from working in the same folder.

        Raises:
            InputError: if another one is at it.
        """
        if fcntl is None:
            yield
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            try:
                # The lock ends with the process, however the process ends.
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"Another process is training in {self.path}. Wait for it, or stop it first."
                ) from None
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def whole(self, name: str) -> Iterator[Path]:
        """A temporary path that becomes the file `name` when the block ends without error."""
        with whole(self.path / name) as path:
            yield path

    def remove_unfinished(self) -> None:
        """Take away what a killed process was writing."""
        for path in self.path.rglob(f"{UNFINISHED}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def write_json(self, name: str, value: Any) -> None:
        """Write readable JSON; infinity and NaN, which JSON lacks, become null."""
        with self.whole(name) as path:
            text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)
            path.write_text(_in_rows(text) + "\n", encoding="utf-8")

    def read_json(self, name: str) -> dict[str, Any]:
        """Read an object that `write_json` wrote.

        Raises:
            InputError: if the file is missing, torn or holds something else.
        """
        path = self.path / name
        try:
            # Some editors begin a file with a mark of its encoding.
            value = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"Cannot read {path}: {error}.") from None
        if not isinstance(value, dict):
            raise InputError(f"Cannot read {path}: it holds no JSON object.")
        return value

    def write_csv(self, name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        """Write a table."""
        with self.whole(name) as path:
            path.write_text(csv_text(header, rows), encoding="utf-8", newline="")


def _in_rows(text: str) -> str:
    """The same JSON with each list of numbers on one line: a matrix would be a line a number."""
    return _NUMBERS.sub(lambda found: f"[{' '.join(found[0][1:-1].split())}]", text)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value
