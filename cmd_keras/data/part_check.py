"""Whether inputs and labels of a part belong together."""

import numpy as np

from cmd_keras.data.inputs import Inputs
from cmd_keras.errors import InputError


def check_part(
    name: str,
    part: str,
    inputs: Inputs,
    labels: np.ndarray,
    num_classes: int,
    shape: tuple[int, ...],
) -> None:
    """Require as many labels as inputs, of the classes that there are.

    Args:
        name: Of the data set.
        part: What its part is called.
        inputs: `n` inputs.
        labels: `[n]`, integers.
        num_classes: C.
        shape: Of a training input, which those of all parts have.

    Raises:
        InputError: if their numbers differ, a label is not in 0 … C-1, or the inputs have
            another shape.
    """
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
