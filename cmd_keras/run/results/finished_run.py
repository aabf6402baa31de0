"""A run that has ended, opened again: to measure, to predict, to compare, to export."""

import csv
import os
from pathlib import Path
from typing import Any

import keras

from cmd_keras import data
from cmd_keras.data import Dataset
from cmd_keras.data.input_format import InputFormat
from cmd_keras.errors import InputError, first_line
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.same_data import check_same_data
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.resolve import data_options
from cmd_keras.run.settings.train_settings import TrainSettings


class FinishedRun:
    """The content of a run folder.

    Nothing in it is executed: networks are loaded in Keras's safe mode.

    Args:
        path: A run folder.

    Attributes:
        folder: The folder.
        settings: What the run was made with.
        class_names: One for each class.
        input_format: How a file becomes an input of the networks.

    Raises:
        InputError: if there is no run in it, or its `config.json` cannot be read.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.folder = RunFolder.of_run(path)
        config = self.folder.read_json("config.json")
        try:
            self._config = config
            self.settings = TrainSettings.from_json(config["settings"])
            self.class_names = _class_names(config["data"]["class_names"])
            self.input_format = InputFormat.from_json(config["data"]["input_format"])
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{self.folder.path / 'config.json'} is not that of a run: {error} is missing "
                "or of the wrong kind."
            ) from None

    def history(self) -> list[dict[str, Any]]:
        """The rows of `history.csv`, also of a run that has not ended yet.

        Raises:
            InputError: if no epoch was finished, or the table cannot be read.
        """
        return read_history(self.folder.path / "history.csv")

    def distiller(self) -> MutualDistiller:
        """Both trained peers, ready to evaluate, predict and export.

        Raises:
            InputError: if the run has not ended, or a network cannot be loaded.
        """
        peers = self.peers()
        method, _ = named_method(self.settings, num_classes=len(self.class_names))
        distiller = MutualDistiller(*peers, method=method)
        distiller.compile()
        return distiller

    def peers(self) -> list[keras.Model]:
        """Both trained networks.

        Raises:
            InputError: if the run has not ended, or a network cannot be loaded.
        """
        self.folder.check_networks()
        peers = [self._peer(name) for name in ("peer_a", "peer_b")]
        for peer in peers:
            if (told_apart := peer.output_shape[-1]) != len(self.class_names):
                raise InputError(
                    f"{self.folder.path / 'config.json'} names {len(self.class_names)} classes, "
                    f"and {peer.name}.keras tells {told_apart} apart. One of the two files is not "
                    "that of this run."
                )
        return peers

    @property
    def test_digest(self) -> str | None:
        """SHA-256 of the test examples; None of a run that was made before it was kept."""
        digests = self._config["data"].get("sha256")
        return digests.get("test") if isinstance(digests, dict) else None

    def dataset(self, data_dir: str | None = None) -> Dataset:
        """The data that the run was made with.

        Args:
            data_dir: Where they are now, if they moved.

        Raises:
            InputError: if they cannot be had, or are not the same any more.
        """
        settings = self.settings if data_dir is None else self.settings.changed(data_dir=data_dir)
        dataset = data.load(settings.dataset, **data_options(settings))
        check_same_data(self.folder, self._config, dataset)
        return dataset

    def feature_space(self) -> keras.utils.FeatureSpace | None:
        """How the rows of a table are encoded, or None where the data are no table."""
        path = self.folder.path / "feature_space.keras"
        if not path.exists():
            return None
        space = self._loaded(path)
        if not isinstance(space, keras.utils.FeatureSpace):
            raise InputError(
                f"{path} must hold a keras.utils.FeatureSpace, and holds a {type(space).__name__}."
            )
        return space

    def _peer(self, name: str) -> keras.Model:
        return self._loaded(self.folder.path / f"{name}.keras")

    def _loaded(self, path: Path) -> Any:
        self.folder.check_whole(path.name)
        remedy = self.folder.written_anew()
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:
            # A damaged file fails in zipfile, h5py, json or Keras, as it happens.
            said = first_line(error)
            if "Requested the deserialization of" in said:
                raise InputError(
                    f"Cannot load {path}: it holds Python code (a Lambda), which is never executed "
                    f"from a file. {remedy}"
                ) from None
            raise InputError(
                f"Cannot load {path}: {said}. If it needs layers of your own, load it in Python, "
                f"with keras.models.load_model(…, custom_objects=…). {remedy}"
            ) from None


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
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None
    if not rows:
        raise InputError(f"{path.parent} holds no finished epoch yet.")
    return rows
