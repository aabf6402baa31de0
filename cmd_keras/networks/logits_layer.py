"""The last layer of every network here."""

from keras import KerasTensor, layers


def add_logits(x: KerasTensor, num_classes: int) -> KerasTensor:
    """A dense layer without an activation, in float32 even under mixed precision.

    Entropies are taken from its values, which half precision would round.

    Args:
        x: `[batch, features]`.
        num_classes: Number of logits.

    Returns:
        `[batch, num_classes]`, float32.
    """
    return layers.Dense(num_classes, dtype="float32", name="logits")(x)
