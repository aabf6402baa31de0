"""What has to be done as soon as Keras is there, without importing it for that."""

from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

import wrapt

Class = TypeVar("Class", bound=type)


def after_keras(action: Callable[[ModuleType], None]) -> None:
    """Call something now, if Keras is imported; if not, when it has been.

    Args:
        action: Called once, with the module `keras`.

    Example:
        >>> cmdcore.after_keras.after_keras(lambda keras: print(keras.__name__, "is here"))
        keras is here
    """
    wrapt.register_post_import_hook(action, "keras")


def registered(cls: Class) -> Class:
    """Register a class of this package with Keras, as `cmdcore>NAME`.

    Example:
        >>> keras.saving.get_registered_name(cmdcore.Static)
        'cmdcore>Static'
    """
    after_keras(lambda keras: keras.saving.register_keras_serializable(package="cmdcore")(cls))
    return cls
