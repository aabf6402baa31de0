"""A run that has ended, opened again: to measure, to predict, to compare, to export."""

from pathlib import Path
from typing import Any

import keras

from cmd_keras import data
from cmd_keras.data import Dataset
from cmd_keras.data.input_format import InputFormat
from cmd_keras.errors import InputError, first_line
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.peers import compatible, shapes
from cmd_keras.run.folder.same_data import check_same_data
from cmd_keras.run.results.recorded_run import RecordedRun
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.resolve import data_options


class FinishedRun(RecordedRun):
    """The content of a run folder, its networks and data among it.

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

    def _read(self, config: Any) -> None:
        super()._read(config)
        self.input_format = InputFormat.from_json(config["data"]["input_format"])

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
        of_a, of_b = (shapes(peer, "inputs") for peer in peers)
        if not compatible(of_a, of_b):
            raise InputError(
                f"Of the networks in {self.folder.path} peer_a.keras takes inputs {of_a}, and "
                f"peer_b.keras {of_b}. One of the two files is not that of this run. "
                f"{self.folder.written_anew()}"
            )
        return peers

    def digest(self, part: str) -> str | None:
        """SHA-256 of the examples of `"train"` or `"test"` with their labels.

        None of a run that was made before it was kept.
        """
        digests = self._config["data"].get("sha256")
        return digests.get(part) if isinstance(digests, dict) else None

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
