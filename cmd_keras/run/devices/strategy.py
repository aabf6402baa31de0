"""On which devices, and on how many hosts, a run trains."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cmd_keras.errors import InputError
from cmd_keras.run.devices.names import check_one_memory
from cmdcore import Method

if TYPE_CHECKING:
    import keras

    from cmd_keras.data import Dataset


class Strategy:
    """What a run asks of the way in which its devices work together.

    The answers here are those of a single process that sees whole batches.

    Attributes:
        devices: How many devices share each batch.
        parts: In how many parts of a batch methods see it.
        first: Whether this is the process that prints and writes the run folder.
    """

    devices = 1
    parts = 1
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
                f"holds {batch_size}: what was given or the recipe says, no more than there are "
                "training examples. Use a larger batch_size, more data, or fewer devices."
            )

    def check_method(self, method: Method) -> None:
        """Require a method that these devices can train together.

        Raises:
            InputError: if they cannot.
        """
        check_one_memory(method, f"on {self.devices} devices" if self.devices > 1 else None)

    def console(self, console: Console | None) -> Console:
        """Where this process prints: of several one speaks; None prints nothing."""
        return console if console and self.first else Console(quiet=True)
