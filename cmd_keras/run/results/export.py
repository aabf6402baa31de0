"""The ensemble in a form that serves predictions without this package."""

import shutil
from pathlib import Path

import keras

from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.packages import FORMATS, check_export


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
        before = folder.path / ".unfinished-saved_model-before"
        try:
            distiller.export(unfinished, format="tf_saved_model", verbose=False)
            # An earlier one stays until the new one has its name.
            shutil.rmtree(before, ignore_errors=True)
            if target.exists():
                target.rename(before)
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
        return target
    with folder.whole(target.name) as path:
        distiller.export(path, format="onnx", verbose=False)
    return target
