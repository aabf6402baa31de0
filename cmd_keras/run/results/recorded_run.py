"""What the folder of a run says of it, whether or not it has ended."""

import csv
import os
from pathlib import Path
from typing import Any

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.train_settings import TrainSettings


class RecordedRun:
    """The settings and the epochs of a run, which are read without its data or its networks.

    Args:
        path: A run folder.

    Attributes:
        folder: The folder.
        settings: What the run was made with.
        class_names: One for each class.

    Raises:
        InputError: if there is no run in it, or its `config.json` cannot be read.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.folder = RunFolder.of_run(path)
        self._config = self.folder.read_json("config.json")
        try:
            self._read(self._config)
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{self.folder.path / 'config.json'} is not that of a run: {error} is missing "
                "or of the wrong kind."
            ) from None

    def _read(self, config: Any) -> None:
        self.settings = TrainSettings.from_json(config["settings"])
        self.class_names = _class_names(config["data"]["class_names"])

    def history(self) -> list[dict[str, Any]]:
        """The rows of `history.csv`, also of a run that has not ended yet.

        Raises:
            InputError: if no epoch was finished, or the table cannot be read.
        """
        return read_history(self.folder.path / "history.csv")


def _class_names(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or not names:
        raise TypeError("class_names")
    return tuple(names)


def read_history(path: Path) -> list[dict[str, Any]]:
    """The rows of a `history.csv`, one an epoch.

    Raises:
        InputError: if no epoch was finished, or the table cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                {name: float(value) for name, value in row.items()} for row in csv.DictReader(file)
            ]
    except FileNotFoundError:
        rows = []
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None
    if not rows:
        raise InputError(f"{path.parent} holds no finished epoch yet.")
    return rows
