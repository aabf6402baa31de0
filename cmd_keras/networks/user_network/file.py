"""A network that the user saved as a `.keras` file."""

import re
import textwrap
import zipfile

import keras

from cmd_keras.counted import counted
from cmd_keras.errors import InputError, words
from cmd_keras.networks.user_network.check import check_suits


def load_network(
    path: str, input_shape: tuple[int, ...], num_classes: int, name: str, pretrained: bool
) -> keras.Model:
    """Read a network from a file, without ever executing code that is in it.

    Args:
        path: Of a `.keras` file with a functional or sequential model.
        input_shape: Without the batch.
        num_classes: Number of logits.
        name: What the model is renamed to.
        pretrained: Whether the weights in the file are kept. Otherwise they are drawn
            anew, and only what layers have learned with `adapt` is kept, such as the
            statistics of `Normalization`.

    Returns:
        A model of the architecture in the file.

    Raises:
        InputError: if the file cannot be read, holds layers that need code of their own,
            is no model from `[batch, *input_shape]` to logits `[batch, num_classes]`, or has
            layers that would be drawn anew and never trained.
    """
    model = loaded(path)
    check_suits(path, model, tuple(input_shape), num_classes)
    if not hasattr(model, "outputs"):
        raise InputError(
            f"{path} holds a {type(model).__name__}, and must hold a single functional or "
            "sequential network."
        )
    if not pretrained:
        _check_unfrozen(path, model)
        _redraw(model)
    model.name = name
    return model


def loaded(path: str) -> keras.Model:
    """The model in a file, without ever executing code that is in it.

    Args:
        path: Of a `.keras` file.

    Raises:
        InputError: if it cannot be read, or holds something else.
    """
    if not zipfile.is_zipfile(path):
        raise InputError(
            f"{path} is not a .keras file, or a torn one. Save the network again with "
            "network.save('network.keras')."
        )
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    # Keras, zipfile and h5py each have exceptions of their own for a file that is wrong.
    except Exception as error:
        raise InputError(_reason(path, words(error))) from error
    if not isinstance(model, keras.Model):
        raise InputError(f"{path} must hold a keras.Model, and holds a {type(model).__name__}.")
    return model


def _check_unfrozen(path: str, model: keras.Model) -> None:
    frozen = [
        layer.name
        for layer in model._flatten_layers()
        if not layer.trainable and layer is not model and _learns(layer)
    ]
    if frozen:
        raise InputError(
            f"{counted(len(frozen), 'layer')} of {path}, such as {frozen[0]!r}, "
            f"{'is' if len(frozen) == 1 else 'are'} frozen (trainable=False), and its weights are "
            "drawn anew: they would never be trained. Keep those in the file with pretrained, or "
            "save it with trainable=True."
        )


def _learns(layer: keras.Layer) -> bool:
    """Whether it has weights of its own that gradients would move, were it not frozen."""
    return bool(layer._trainable_variables) and not hasattr(layer, "adapt")


def _redraw(model: keras.Model) -> None:
    """Draw all weights anew, except what layers have learned of the data with `adapt`."""
    adapted = (layer for layer in model._flatten_layers() if hasattr(layer, "adapt"))
    learned = {id(variable) for layer in adapted for variable in layer.variables}
    # Of the clone the weights are taken and not the other way round, because some layers
    # keep what they have learned in tables that are no weights.
    fresh = keras.models.clone_model(model)
    for old, new in zip(model.variables, fresh.variables, strict=True):
        if id(old) not in learned:
            old.assign(new)


def _reason(path: str, said: str) -> str:
    advice = "Give the function that builds the network instead, as module:function."
    if "Requested the deserialization of" in said:
        return f"{path} holds Python code (a Lambda), which is never executed from a file. {advice}"
    if foreign := re.search(r"Could not locate \w+ '[^']*'", said):
        name = foreign.group().removeprefix("Could not locate ")
        return f"{path} holds the {name}, which is not one of Keras's own. {advice}"
    said = textwrap.shorten(said, 300, placeholder=" …")
    return f"{path} is not a .keras file that Keras {keras.__version__} can read: {said}"
