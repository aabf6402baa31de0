"""Packages that only some runs take, looked for before anybody waits for a run."""

import importlib.util

from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.run.settings.backend import BACKENDS, backend_of_keras

# The forms of `export`, and what they are called in a run folder.
FORMATS = {"saved_model": "saved_model", "onnx": "ensemble.onnx"}
# What Keras imports to write ONNX from TensorFlow.
_ONNX_PACKAGES = ("tf2onnx", "onnx")


def check_export(form: str) -> None:
    """Require that a form can be written here.

    Raises:
        InputError: if a package that Keras needs for it is missing.
    """
    missing = [name for name in _ONNX_PACKAGES if not _is_installed(name)]
    if form == "onnx" and missing:
        raise InputError(
            f"Writing ONNX takes {' and '.join(missing)}, not installed here. Install the extra "
            "with: pip install 'cmd-keras[onnx]'; saved_model needs no more than is here."
        )


def check_tensorboard() -> None:
    """Require that a log for TensorBoard can be written here.

    Raises:
        InputError: if the package is missing.
    """
    if not _is_installed("tensorboard"):
        raise InputError(
            "A log for TensorBoard takes the package tensorboard, not installed here. Install it "
            "with: pip install 'cmd-keras[tensorboard]'."
        )


def check_backend(asked: str | None = None) -> None:
    """Require that Keras can run on a backend here.

    Args:
        asked: One of `BACKENDS`; None is the one that Keras runs on, or will.

    Raises:
        InputError: if the peers cannot be trained on it, or its package is missing.
    """
    name = asked or backend_of_keras()
    if name not in BACKENDS:
        raise InputError(
            f"Keras is set up for the backend {name!r}, by KERAS_BACKEND or its keras.json; here "
            f"it must be one of {', '.join(BACKENDS)}.{did_you_mean(name, BACKENDS)} Set it right, "
            "or choose a backend for the run."
        )
    if not _is_installed(name):
        # TensorFlow comes with this package itself, the others with an extra.
        what = "cmd-keras" if name == "tensorflow" else f"cmd-keras[{name}]"
        raise InputError(
            f"The backend {name} takes the package {name}, not installed here. Install it with: "
            f"pip install '{what}'."
        )


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
