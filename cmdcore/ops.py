"""`keras.ops`, imported when something is computed.

Names, constants and ranges of the method can be had without it: Keras and its backend
take seconds to import.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras.ops import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    from keras import ops

    globals()[name] = operation = getattr(ops, name)
    return operation
