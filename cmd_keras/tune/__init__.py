"""The search for the constants of a method, on a validation share."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.tune.search import Search
    from cmd_keras.tune.tune import tune

__all__ = ["Search", "tune"]

exported(__name__, {"search": ["Search"], "tune": ["tune"]})
