"""Whether a network returns logits."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras

# The values of `log_softmax` are logits: they have the same softmax.
_OF_ALL_CLASSES = {"softmax", "sparsemax"}
_TO_PROBABILITIES = {*_OF_ALL_CLASSES, "sigmoid", "hardsigmoid", "sparsesigmoid"}
# What leaves every value what it is, where it stands, or at least between 0 and 1.
_KEEPS_VALUES = {
    "ActivityRegularization",
    "AlphaDropout",
    "Average",
    "Cast",
    "Copy",
    "Dropout",
    "ExpandDims",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GetItem",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "Identity",
    "Permute",
    "Ravel",
    "Reshape",
    "Squeeze",
    "StopGradient",
    "Transpose",
}


def source_of_probabilities(model: keras.Model) -> Any | None:
    """What turns logits into probabilities at the end of a network.

    It is found behind layers that keep the values, such as `Dropout` or `Reshape`, and in
    networks inside the network. Of a network whose operations are not known, because it is
    subclassed or not built, the layer that was made last is looked at.

    Args:
        model: A network, built or not.

    Returns:
        The layer or operation, or None where the network seems to return logits.
    """
    if outputs := getattr(model, "outputs", None):
        return next(filter(None, map(_source, _makers(outputs[0]))), None)
    layers = list(reversed(getattr(model, "layers", None) or []))
    for layer in layers if isinstance(model, keras.Sequential) else layers[:1]:
        if not _keeps_values(layer):
            return _source(layer)
    return None


def is_softmax(source: Any) -> bool:
    """Whether what turns logits into probabilities makes them sum to 1."""
    return bool(_names(source) & _OF_ALL_CLASSES)


def probabilities_behind(model: keras.Model) -> Any | None:
    """What turns logits into probabilities, of which a network may compute something more.

    Unlike `source_of_probabilities` it looks behind all operations without weights, such as
    the mean of two softmaxes.

    Args:
        model: A network. Of one that is subclassed or not built nothing is known.
    """
    outputs = getattr(model, "outputs", None) or []
    makers = itertools.chain(*(_makers(output, _is_arithmetic) for output in outputs))
    return next(filter(None, map(_source, makers)), None)


def _makers(
    tensor: keras.KerasTensor, passes_on: Callable[[Any], bool] | None = None
) -> Iterator[Any]:
    """The operations that made the values of a tensor, behind those that only pass them on."""
    passes_on = passes_on or _keeps_values
    operation, node, index = tensor._keras_history
    sources = operation._inbound_nodes[node].input_tensors
    if isinstance(operation, keras.Model) and getattr(operation, "outputs", None):
        for maker in _makers(operation.outputs[index], passes_on):
            if isinstance(maker, keras.layers.InputLayer):
                yield from _makers_of_all(sources, passes_on)
            else:
                yield maker
    elif passes_on(operation):
        yield from _makers_of_all(sources, passes_on)
    else:
        yield operation


def _makers_of_all(
    tensors: list[keras.KerasTensor], passes_on: Callable[[Any], bool]
) -> Iterator[Any]:
    for tensor in tensors:
        yield from _makers(tensor, passes_on)


def _source(operation: Any) -> Any | None:
    if isinstance(operation, keras.Model):
        return source_of_probabilities(operation)
    if isinstance(operation, keras.layers.Wrapper):
        return _source(operation.layer)
    return operation if _names(operation) & _TO_PROBABILITIES else None


def _names(operation: Any) -> set[str]:
    names = {_name(type(operation))}
    if activation := getattr(operation, "activation", None):
        # An activation may be a function, and a layer as well.
        names |= {_name(activation), _name(type(activation))}
    return names


def _name(function: Callable) -> str:
    # TensorFlow's own softmax is called softmax_v2, Keras has a layer HardSigmoid and a
    # function hard_sigmoid.
    return getattr(function, "__name__", "").lower().removesuffix("_v2").replace("_", "")


def _keeps_values(operation: Any) -> bool:
    if isinstance(operation, keras.layers.Rescaling):
        return (operation.scale, operation.offset) == (1, 0)
    if isinstance(operation, keras.layers.Activation):
        return operation.activation is keras.activations.linear
    return type(operation).__name__ in _KEEPS_VALUES


def _is_arithmetic(operation: Any) -> bool:
    has_weights = bool(getattr(operation, "weights", None))
    is_input = isinstance(operation, keras.layers.InputLayer)
    return not (has_weights or is_input) and _source(operation) is None
