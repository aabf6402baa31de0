"""Whether inputs and labels of each part of a data set belong together."""

from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.data.inputs import Inputs
from cmd_keras.errors import InputError

if TYPE_CHECKING:
    from cmd_keras.data.dataset import Dataset


def check_parts(dataset: "Dataset") -> None:
    """Require two classes, and parts that are of these classes and of one shape.

    Raises:
        InputError: naming the first part that is not.
    """
    name, count = dataset.name, dataset.num_classes
    if count < 2:
        raise InputError(f"Data set {name!r} has {count} class; at least 2 are needed.")
    parts = [
        ("training", dataset.train, dataset.given_labels),
        ("training", dataset.train, dataset.clean_labels),
        ("test", dataset.test, dataset.test_labels),
    ]
    if dataset.validation is not None:
        parts.append(("validation", dataset.validation, dataset.validation_labels))
    for part, inputs, labels in parts:
        _check_part(name, part, inputs, labels, count, dataset.train.shape)


def _check_part(
    name: str,
    part: str,
    inputs: Inputs,
    labels: np.ndarray,
    num_classes: int,
    shape: tuple[int, ...],
) -> None:
    if len(inputs) != len(labels):
        raise InputError(
            f"Data set {name!r} has {len(inputs)} {part} inputs but {len(labels)} labels."
        )
    if not 0 <= labels.min() <= labels.max() < num_classes:
        raise InputError(
            f"Data set {name!r} has {num_classes} classes, but {part} labels from "
            f"{labels.min()} to {labels.max()}."
        )
    if inputs.shape != shape:
        raise InputError(
            f"Data set {name!r} has training inputs of the shape {shape}, but {part} inputs of "
            f"the shape {inputs.shape}."
        )
