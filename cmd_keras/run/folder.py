"""The folder a run leaves behind. A file in it is whole or not there."""

import contextlib
import csv
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cmd_keras.errors import InputError


class RunFolder:
    """An output folder of its own for one run.

    Args:
        path: Is created, with its parents, or must be empty.

    Raises:
        InputError: if it holds something already, or cannot be created.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        self.check_free(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"Cannot create the output folder {path}: {error.strerror}.") from None

    @staticmethod
    def check_free(path: str | os.PathLike) -> None:
        """Require that nothing would be overwritten.

        Raises:
            InputError: if the path is a file, or a folder with something in it.
        """
        path = Path(path)
        try:
            taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
        except OSError as error:
            raise InputError(f"Cannot look into {path}: {error.strerror}.") from None
        if taken and not path.is_dir():
            raise InputError(f"The output folder {path} is a file. Choose another --output.")
        if taken:
            what = "another run" if (path / "config.json").exists() else "other files"
            raise InputError(
                f"The output folder {path} holds {what}, which would be overwritten. Choose "
                "another --output, or move it away."
            )

    @contextlib.contextmanager
    def whole(self, name: str) -> Iterator[Path]:
        """A temporary path that becomes `name` when the block ends without error."""
        # The suffix stays, because Keras and matplotlib choose the format by it.
        handle, temporary = tempfile.mkstemp(dir=self.path, prefix=".", suffix=Path(name).suffix)
        os.close(handle)
        try:
            yield Path(temporary)
            # mkstemp makes a file that nobody else may read.
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, self.path / name)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)

    def write_json(self, name: str, value: Any) -> None:
        """Write readable JSON; infinity and NaN, which JSON lacks, become null."""
        with self.whole(name) as path:
            text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)
            path.write_text(text + "\n", encoding="utf-8")

    def write_csv(self, name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        """Write a table."""
        with self.whole(name) as path, path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value
