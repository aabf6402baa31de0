"""In which number type a run's layers compute."""

import contextlib
from collections.abc import Iterator

# Weights, logits, losses and entropies stay in float32 with each of them.
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def precision_of_keras() -> str | None:
    """What Keras is set up to compute in, if it is one of `PRECISIONS`."""
    import keras

    name = keras.config.dtype_policy().name
    return name if name in PRECISIONS else None


@contextlib.contextmanager
def layers_in(precision: str | None) -> Iterator[None]:
    """Layers and models made in this block compute in this precision.

    Args:
        precision: One of `PRECISIONS`, a dtype policy of Keras; None leaves Keras as it
            is set up.
    """
    import keras

    before = keras.config.dtype_policy()
    if precision is not None:
        keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
