"""Packages whose names are imported when they are first used."""

import importlib
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any


def exported(package: str, homes: Mapping[str, Sequence[str]]) -> None:
    """Let names be imported from a package, each from its file when it is first used.

    What needs no Keras can so be imported without it.

    Args:
        package: `__name__` of the package that calls this.
        homes: For each file of the package the names it gives.
    """
    home = {name: f"{package}.{file}" for file, names in homes.items() for name in names}

    class Package(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            if name not in home:
                raise AttributeError(f"module {package!r} has no attribute {name!r}")
            try:
                value = getattr(importlib.import_module(home[name]), name)
            except AttributeError as error:
                # It would be taken for a name that the package does not have.
                raise ImportError(f"{home[name]} cannot be imported: {error}") from error
            self.__dict__[name] = value
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            # To import the file `train` would put it where the function `train` belongs.
            if name not in home or not isinstance(value, types.ModuleType):
                super().__setattr__(name, value)

        def __dir__(self) -> list[str]:
            return sorted({*super().__dir__(), *home})

    sys.modules[package].__class__ = Package
