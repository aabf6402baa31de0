"""What an exported network takes, under the names that its inputs were given."""

from typing import Any

import keras


def input_signature(peer: keras.Model) -> list | None:
    """The specifications of a network's inputs, in the structure in which it takes them.

    Args:
        peer: A network, of any kind.

    Returns:
        The single argument of `keras.Model.export(input_signature=...)`, whose inputs in a
        dictionary are named by its keys; or None if nothing is known of the inputs.
    """
    if inputs := getattr(peer, "inputs", None):
        # Keras keeps the structure for functional models alone, and others take one tensor.
        structure = inputs[0] if isinstance(peer, keras.Sequential) else peer.input
        return [_specified(structure)]
    shapes = (peer.get_build_config() or {}).get("input_shape")
    if shapes is None:
        return None
    tensors = keras.tree.map_shape_structure(
        lambda shape: keras.KerasTensor((None, *shape[1:]), peer.input_dtype), shapes
    )
    return [_specified(tensors)]


def _specified(structure: Any) -> Any:
    paths = keras.tree.flatten_with_path(structure)
    # The signature of a single input has no name to be confused with.
    specs = [_spec(tensor, path[-1] if path else None) for path, tensor in paths]
    return keras.tree.pack_sequence_as(structure, specs)


def _spec(tensor: keras.KerasTensor, place: Any) -> keras.InputSpec:
    name = tensor.name if isinstance(place, int) else place
    return keras.InputSpec(dtype=tensor.dtype, shape=tensor.shape, name=name)
