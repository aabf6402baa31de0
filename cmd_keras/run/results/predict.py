"""What the networks of a finished run say about files of the user's."""

from collections.abc import Sequence
from pathlib import Path

from cmd_keras.run.results.finished_run import FinishedRun


def predict(run: FinishedRun, paths: Sequence[str | Path]) -> list[tuple[str, str, float]]:
    """The ensemble's opinion of pictures, of an `npz` file or of a table.

    Args:
        run: A finished run.
        paths: Files of the kind that the run was trained on.

    Returns:
        For each input its name, the name of the most probable class, and that class's
        probability.

    Raises:
        InputError: if the run has not ended, or a file cannot be read.
    """
    names, inputs = run.input_format.read(paths, run.feature_space())
    p = run.distiller().predict(inputs, verbose=0)
    classes = [run.class_names[i] for i in p.argmax(axis=1)]
    return list(zip(names, classes, p.max(axis=1).tolist(), strict=True))
