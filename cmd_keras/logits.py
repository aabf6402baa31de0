"""Whether a network returns logits."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras

# The values of `log_softmax` are logits: they have the same softmax.
_TO_PROBABILITIES = {"softmax", "sigmoid", "sparsemax", "hardsigmoid", "sparsesigmoid"}
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


def _makers(tensor: keras.KerasTensor) -> Iterator[Any]:
    """The operations that made the values of a tensor, behind those that only pass them on."""
    operation, node, index = tensor._keras_history
    sources = operation._inbound_nodes[node].input_tensors
    if isinstance(operation, keras.Model) and getattr(operation, "outputs", None):
        for maker in _makers(operation.outputs[index]):
            if isinstance(maker, keras.layers.InputLayer):
                yield from itertools.chain(*map(_makers, sources))
            else:
                yield maker
    elif _keeps_values(operation):
        yield from itertools.chain(*map(_makers, sources))
    else:
        yield operation


def _source(operation: Any) -> Any | None:
    if isinstance(operation, keras.Model):
        return source_of_probabilities(operation)
    if isinstance(operation, keras.layers.Wrapper):
        return _source(operation.layer)
    names = {_name(type(operation))}
    if activation := getattr(operation, "activation", None):
        # An activation may be a function, and a layer as well.
        names |= {_name(activation), _name(type(activation))}
    return operation if names & _TO_PROBABILITIES else None


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
