"""On which devices, and on how many hosts, a run trains."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.run.backend import backend_of_keras

if TYPE_CHECKING:
    import keras

    from cmd_keras.data import Dataset

STRATEGIES = ("one-device", "mirrored", "data-parallel")


class OneDevice:
    """The strategy of a run on one device, and what the others have to answer.

    Attributes:
        devices: How many devices share each batch.
        first: Whether this is the process that prints and writes the run folder.
    """

    devices = 1
    first = True

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Variables that belong to the run are created in this context."""
        yield

    @contextlib.contextmanager
    def folder(self, path: str | os.PathLike) -> Iterator[str | os.PathLike]:
        """The folder that this process may write as if it were the run folder `path`."""
        yield path

    @contextlib.contextmanager
    def resumed_folder(self, path: str | os.PathLike) -> Iterator[str | os.PathLike]:
        """The same for a run that is taken up again, with its content."""
        yield path

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """While this block runs, a host that falls away ends the run with a word."""
        yield

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Require that all processes of the run were given the same options."""

    def check_weights(self, distiller: "keras.Model") -> None:
        """Require that all processes of the run ended with the same weights."""

    def distribute(self, dataset: "Dataset") -> "Dataset":
        """The data set, handing out what `fit`, `evaluate` and `predict` take here."""
        return dataset

    def check_batch_size(self, batch_size: int) -> None:
        """Require that a batch can be shared out over the devices.

        Raises:
            InputError: if it cannot.
        """
        if batch_size < self.devices:
            raise InputError(
                f"A batch must hold at least 1 example for each of the {self.devices} devices, and "
                f"holds {batch_size}: what --batch-size, the file of --config or the recipe says, "
                "and no more than there are training examples. Use a larger --batch-size, more "
                "data, or fewer devices."
            )


def strategy_named(name: str | None, asked_backend: str | None = None) -> OneDevice:
    """The strategy of this process.

    Args:
        name: One of `STRATEGIES`; None is `mirrored` where TensorFlow sees more than
            one GPU, and `one-device` everywhere else.
        asked_backend: Which backend Keras should run on, if that matters.

    Raises:
        InputError: if the backend is another one or does not have it, or the environment does
            not say which process of how many this is.
        RunError: if the other processes cannot be reached.
    """
    import keras

    backend = keras.backend.backend()
    if asked_backend not in (None, backend):
        raise InputError(
            f"This run is for the backend {asked_backend}, and Keras runs on {backend}. Set "
            f"KERAS_BACKEND={asked_backend} before Keras is imported, or use --backend."
        )
    check_strategy(name, backend)
    if name == "data-parallel":
        from cmd_keras.run.data_parallel import DataParallel

        return DataParallel.from_environment(os.environ)
    if backend == "tensorflow" and name != "one-device":
        from cmd_keras.run.mirrored import Mirrored, devices

        if name == "mirrored" or len(devices("GPU")) > 1:
            return Mirrored(devices("GPU") or devices("CPU"))
    return OneDevice()


def check_strategy(name: str | None, asked_backend: str | None = None) -> None:
    """Require a strategy that the backend has.

    Args:
        name: As in `strategy_named`.
        asked_backend: The backend; None is the one that Keras runs on, or will.

    Raises:
        InputError: if there is no such strategy, or the backend does not have it.
    """
    backend = asked_backend or backend_of_keras()
    if name not in (None, *STRATEGIES):
        raise InputError(
            f"Unknown strategy {name!r}.{did_you_mean(name, STRATEGIES)} Known: "
            f"{', '.join(STRATEGIES)}."
        )
    if name == "mirrored" and backend != "tensorflow":
        raise InputError(
            f"The strategy mirrored is TensorFlow's, and the backend is {backend}. Use --backend "
            "tensorflow, or --backend jax with --strategy data-parallel."
        )
    if name == "data-parallel" and backend != "jax":
        raise InputError(
            f"The strategy data-parallel needs the JAX backend, and the backend is {backend}. Add "
            "--backend jax. On one host TensorFlow has --strategy mirrored."
        )
