"""The folder a run leaves behind. A file in it is whole or not there."""

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cmd_keras.csv_text import csv_text
from cmd_keras.errors import InputError
from cmd_keras.run.folder.resuming import resuming
from cmd_keras.run.folder.whole_file import UNFINISHED, whole

try:
    import fcntl
except ImportError:  # Windows has no such locks.
    fcntl = None


class RunFolder:
    """The folder of one run.

    `RunFolder.new` and `RunFolder.of_run` make one.

    Args:
        path: An existing folder.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)

    @classmethod
    def new(cls, path: str | os.PathLike) -> "RunFolder":
        """An output folder of its own for a new run.

        Args:
            path: Is created, with its parents, or must be empty.

        Raises:
            InputError: if it holds something already, or cannot be created.
        """
        cls.check_free(path)
        try:
            Path(path).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"Cannot create the output folder {path}: {error.strerror}.") from None
        return cls(path)

    @classmethod
    def of_run(cls, path: str | os.PathLike) -> "RunFolder":
        """The folder that a run left behind.

        Raises:
            InputError: if there is no such folder, or no run in it.
        """
        if not str(path):
            raise InputError("The name of the run folder is empty. Name the folder of a run.")
        path = Path(path)
        if not path.is_dir():
            problem = "is a file" if path.exists() else "does not exist"
            raise InputError(f"The run folder {path} {problem}.")
        if not (path / "config.json").is_file():
            raise InputError(
                f"{path} is not the folder of a run: it has no config.json. Name the folder that "
                "`cmd-keras train` printed as 'writing to'."
            )
        return cls(path)

    @staticmethod
    def check_free(path: str | os.PathLike) -> None:
        """Require that nothing would be overwritten.

        Raises:
            InputError: if the path is a file, or a folder with something in it.
        """
        if not str(path):
            raise InputError("The name of the output folder is empty. Name one, or leave it out.")
        path = Path(path)
        try:
            taken = path.exists() and (not path.is_dir() or any(_content(path)))
        except OSError as error:
            raise InputError(f"Cannot look into {path}: {error.strerror}.") from None
        if taken and not path.is_dir():
            raise InputError(f"The output folder {path} is a file. Choose another.")
        if taken:
            run = (path / "config.json").exists()
            raise InputError(
                f"The output folder {path} holds {'another run' if run else 'other files'}, which "
                "would be overwritten. Choose another, or move it away"
                + (f"; or continue that run with: {resuming(path)}" if run else ".")
            )
        above = next(folder for folder in path.absolute().parents if folder.exists())
        if not path.exists() and not (above.is_dir() and os.access(above, os.W_OK)):
            problem = "may not be written" if above.is_dir() else "is no folder"
            raise InputError(f"Cannot create the output folder {path}: {above} {problem}.")

    def check_networks(self) -> None:
        """Require that the networks are there, which a run writes in the end, and whole.

        Raises:
            InputError: if one is missing or torn.
        """
        for name in ("peer_a.keras", "peer_b.keras"):
            if not (self.path / name).exists():
                raise InputError(
                    f"{self.path} has no {name}: the run has not ended. Continue it with: "
                    f"{resuming(self.path)}"
                )
            self.check_whole(name)

    def check_whole(self, name: str) -> None:
        """Require that a `.keras` file is not torn.

        Raises:
            InputError: if it is.
        """
        if not zipfile.is_zipfile(self.path / name):
            raise InputError(f"Cannot load {self.path / name}: it is torn. {self.written_anew()}")

    def written_anew(self) -> str:
        """A sentence about how to have a file that was damaged written anew."""
        return (
            "To have it written anew from the checkpoints, remove it and call: "
            f"{resuming(self.path)}"
        )

    def has_ended(self) -> bool:
        """Whether the last file is written, and the networks are still there."""
        names = ("metrics.json", "peer_a.keras", "peer_b.keras")
        return all((self.path / name).exists() for name in names)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps a second process from training in the same folder.

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
            path.write_text(text + "\n", encoding="utf-8")

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


def _content(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith(UNFINISHED))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value
