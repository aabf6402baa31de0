"""What a network makes of its inputs before it tells classes apart."""

import keras


def penultimate(network: keras.Model) -> keras.Model | None:
    """The network up to what goes into its logits layer; it shares the weights.

    The logits layer is a `Dense` layer over vectors, behind which at most layers without
    weights follow, one after the other. It may lie in a network inside the network.

    Args:
        network: Any, built or not.

    Returns:
        A model from the same inputs to features `[batch, d]`; None where the network has no
        such layer, or is a subclass of `keras.Model` whose layers nobody can see.
    """
    if not getattr(network, "outputs", None):
        return None
    features = _into_logits(network.outputs[0])
    return None if features is None else keras.Model(network.inputs, features)


def _into_logits(tensor: keras.KerasTensor) -> keras.KerasTensor | None:
    while True:
        operation, node, index = tensor._keras_history
        sources = operation._inbound_nodes[node].input_tensors
        if len(sources) != 1 or index != 0:
            return None
        if isinstance(operation, keras.layers.Dense):
            return sources[0] if len(sources[0].shape) == 2 else None
        if isinstance(operation, keras.Model):
            inside = penultimate(operation)
            return None if inside is None else inside(sources[0])
        if getattr(operation, "weights", None):
            return None
        tensor = sources[0]
