"""The teacher of a run, loaded, and held against the data."""

from pathlib import Path

import keras
import numpy as np

from cmd_keras.data import Dataset
from cmd_keras.data.digests import digests
from cmd_keras.data.input_format import TableFormat
from cmd_keras.errors import InputError
from cmd_keras.networks.user_network.check import check_shapes
from cmd_keras.networks.user_network.file import loaded
from cmd_keras.notice import notice
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.teacher import check_says, networks_of


def teachers_of(teacher: str | None, dataset: Dataset) -> list[keras.Model]:
    """The networks that a teacher consists of; of a run they are its two peers.

    Args:
        teacher: A `.keras` file, the folder of a run that has ended, or None.
        dataset: What it is to teach.

    Raises:
        InputError: if it cannot be loaded, or does not fit the data.
    """
    if teacher is None:
        return []
    of_run = Path(teacher).is_dir()
    networks = _of_run(teacher, dataset) if of_run else networks_of(loaded(teacher))
    for network in networks:
        check_shapes(f"The teacher {teacher}", network, dataset.input_shape, dataset.num_classes)
        try:
            check_says(network)
        except ValueError as error:
            raise InputError(f"{teacher}: {error}") from None
        if not all(np.isfinite(weight).all() for weight in network.get_weights()):
            raise InputError(
                f"The teacher {teacher} has weights that are NaN or infinite: its own training has "
                "diverged. Choose another."
            )
    return networks


def _of_run(teacher: str, dataset: Dataset) -> list[keras.Model]:
    run = FinishedRun(teacher)
    if run.class_names != dataset.class_names:
        others = [name for name in run.class_names if name not in dataset.class_names]
        raise InputError(
            f"The teacher {teacher} tells other classes apart than those of the data"
            + (f", such as {others[0]!r}" if others else ", or has them in another order")
            + ". Choose one that was trained on the same classes."
        )
    if not _same_columns(run, dataset):
        raise InputError(
            f"The teacher {teacher} was trained on a table whose columns, their means or their "
            "categories are others. Choose one that was trained on the same table."
        )
    now = digests(dataset)
    if run.digest("test") not in (None, now["test"]):
        notice(
            f"The teacher {teacher} was tested on other examples than those of this run, and may "
            "have learned some of these: the test accuracy may say less about new ones."
        )
    elif run.digest("train") not in (None, now["train"]):
        notice(
            f"The teacher {teacher} learned from other labels or examples than this run has. What "
            "is wrong here may have been right there, so a method without a teacher is not told as "
            "much: for a comparison take a teacher of the same noise and seed."
        )
    return run.peers()


def _same_columns(run: FinishedRun, dataset: Dataset) -> bool:
    """Whether a row of a table becomes the vector that the run was trained on."""
    if not isinstance(dataset.input_format, TableFormat):
        return not isinstance(run.input_format, TableFormat)
    if not isinstance(run.input_format, TableFormat):
        return False
    formats = (run.input_format, dataset.input_format)
    columns = [(list(f.numeric), f.categorical, list(f.scales)) for f in formats]
    spaces = [space.preprocessors for space in (run.feature_space(), dataset.feature_space)]
    return (
        columns[0] == columns[1]
        # A mean may be the millionfold of what its column varies by.
        and all(
            np.allclose(scale, formats[1].scales[name], rtol=1e-12, atol=0.0)
            for name, scale in formats[0].scales.items()
        )
        and all(_encode_alike(spaces[0][name], spaces[1][name]) for name in spaces[0])
    )


def _encode_alike(one: keras.Layer, two: keras.Layer) -> bool:
    if isinstance(one, keras.layers.Normalization):
        learned = ((one.mean, two.mean), (one.variance, two.variance))
        return all(np.allclose(*map(keras.ops.convert_to_numpy, pair)) for pair in learned)
    return one.get_vocabulary() == two.get_vocabulary()
