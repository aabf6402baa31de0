"""The ensemble in a form that serves predictions without this package."""

import importlib.util
import shutil
from pathlib import Path

import keras

from cmd_keras.errors import InputError
from cmd_keras.run.folder import RunFolder

FORMATS = {"saved_model": "saved_model", "onnx": "ensemble.onnx"}
# What Keras imports to write ONNX from TensorFlow.
_ONNX_PACKAGES = ("tf2onnx", "onnx")


def check_export(form: str) -> None:
    """Require that a form can be written here, before anybody trains for it.

    Raises:
        InputError: if a package that Keras needs for it is missing.
    """
    missing = [name for name in _ONNX_PACKAGES if importlib.util.find_spec(name) is None]
    if form == "onnx" and missing:
        raise InputError(
            f"Writing ONNX takes {' and '.join(missing)}, not installed here. Install the extra "
            "with: pip install 'cmd-keras[onnx]'; saved_model needs no more than is here."
        )


def export(distiller: keras.Model, form: str, folder: RunFolder) -> Path:
    """Write the mean of both peers' probabilities with `keras.Model.export`.

    Args:
        distiller: Trained peers.
        form: A key of `FORMATS`.
        folder: Receives the folder `saved_model` or the file `ensemble.onnx`. One of an
            earlier export is replaced.

    Returns:
        The path of what was written.

    Raises:
        InputError: if a package that Keras needs for it is missing.
    """
    check_export(form)
    target = folder.path / FORMATS[form]
    if form == "saved_model":
        # A folder cannot be renamed over one that has content.
        unfinished = folder.path / ".unfinished-saved_model"
        shutil.rmtree(unfinished, ignore_errors=True)
        distiller.export(unfinished, format="tf_saved_model", verbose=False)
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)
        return target
    with folder.whole(target.name) as path:
        distiller.export(path, format="onnx", verbose=False)
    return target
