"""The backend of Keras, which must be chosen before Keras is imported."""

import importlib.util
import os
import sys

from .errors import WrongInput

BACKENDS = ("tensorflow", "jax", "torch")
STRATEGIES = ("one-device", "mirrored", "data-parallel")


def choose_backend(name: str | None) -> None:
    """Set `KERAS_BACKEND`, if a backend is asked for.

    Args:
        name: One of `BACKENDS`; None leaves the environment and Keras's own
            configuration as they are.

    Raises:
        WrongInput: if its package is missing, or Keras already runs on another one.
    """
    if name is None:
        return
    if importlib.util.find_spec(name) is None:
        raise WrongInput(
            f"--backend {name} takes the package {name}, not installed here. Install it with: "
            f"pip install 'cmd-keras[{name}]'."
        )
    os.environ["KERAS_BACKEND"] = name
    if (keras := sys.modules.get("keras")) and keras.backend.backend() != name:
        raise WrongInput(
            f"--backend {name} comes too late, Keras runs on {keras.backend.backend()} already. "
            f"Set KERAS_BACKEND={name} before."
        )
