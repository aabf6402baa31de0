"""The backend of Keras, which must be chosen before Keras is imported."""

import os
import sys

from .errors import WrongInput


def choose_backend(name: str | None) -> None:
    """Set `KERAS_BACKEND`, if a backend is asked for.

    Args:
        name: A backend that is installed; None leaves the environment and Keras's own
            configuration as they are.

    Raises:
        WrongInput: if Keras already runs on another one.
    """
    if name is None:
        return
    os.environ["KERAS_BACKEND"] = name
    if (keras := sys.modules.get("keras")) and keras.backend.backend() != name:
        raise WrongInput(
            f"--backend {name} comes too late, Keras runs on {keras.backend.backend()} already. "
            f"Set KERAS_BACKEND={name} before."
        )
