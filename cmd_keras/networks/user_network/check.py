"""What a user's own network must be like."""

import keras

from cmd_keras.errors import InputError, words
from cmd_keras.logits import source_of_probabilities


def check_suits(network: str, model: keras.Model, shape: tuple[int, ...], num_classes: int) -> None:
    """Require a model from this input to logits for these classes.

    Args:
        network: What the user calls the model.
        model: The model; it is built if it was not yet.
        shape: Of the input, without the batch.
        num_classes: Number of logits.

    Raises:
        InputError: if it takes another input or several, returns another shape or
            several tensors, or ends in a softmax or sigmoid.
    """
    check_shapes(network, model, shape, num_classes)
    source = source_of_probabilities(model)
    if source is not None:
        raise InputError(
            f"{network} must return logits, and its layer {source.name!r} returns probabilities. "
            "Remove it, or its activation."
        )


def check_shapes(
    network: str, model: keras.Model, shape: tuple[int, ...], num_classes: int
) -> None:
    """Require a model from this input to a number for each class.

    Args:
        network: What the user calls the model.
        model: The model; it is built if it was not yet.
        shape: Of the input, without the batch.
        num_classes: C.

    Raises:
        InputError: if it takes another input or several, or returns another shape or several
            tensors.
    """
    takes = [tuple(tensor.shape[1:]) for tensor in getattr(model, "inputs", None) or []]
    if takes and not (len(takes) == 1 and _compatible(takes[0], shape)):
        raise InputError(
            f"{network} takes inputs of the shape {', '.join(map(str, takes))}, and the data have "
            f"the shape {shape}."
        )
    try:
        outputs = model(keras.Input(shape))
    except Exception as error:
        raise InputError(
            f"{network} does not take inputs of the shape {shape}: {words(error)}"
        ) from error
    if not isinstance(outputs, keras.KerasTensor) or tuple(outputs.shape) != (None, num_classes):
        returns = keras.tree.map_structure(lambda tensor: tuple(tensor.shape), outputs)
        raise InputError(
            f"{network} must return one tensor of the shape (None, {num_classes}), a logit for "
            f"each class, and returns {returns}."
        )


def _compatible(takes: tuple, shape: tuple[int, ...]) -> bool:
    return len(takes) == len(shape) and all(
        a in (None, b) for a, b in zip(takes, shape, strict=True)
    )
