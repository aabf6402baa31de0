"""What has to be done as soon as Keras is there, without importing it for that."""

import importlib.abc
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)

_waiting: list[Callable[[], None]] = []


def after_keras(action: Callable[[], None]) -> None:
    """Call something now, if Keras is imported; if not, when it has been.

    Args:
        action: Called once, without arguments.
    """
    if "keras" in sys.modules:
        action()
        return
    if not _waiting:
        sys.meta_path.insert(0, _Watch())
    _waiting.append(action)


def registered(cls: Class) -> Class:
    """Register a class of this package with Keras, as `cmdcore>NAME`."""

    def register() -> None:
        import keras

        keras.saving.register_keras_serializable(package="cmdcore")(cls)

    after_keras(register)
    return cls


class _Watch(importlib.abc.MetaPathFinder):
    """Stands first among the finders until Keras is imported, and finds nothing else."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of Keras, whose execution ends with what waits for it."""
        if name != "keras":
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        execute = getattr(spec and spec.loader, "exec_module", None)
        if execute is not None:

            def execute_and_go_on(module: Any) -> None:
                execute(module)
                sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
                while _waiting:
                    _waiting.pop(0)()

            spec.loader.exec_module = execute_and_go_on
        return spec
