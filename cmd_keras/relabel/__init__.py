"""A copy of the user's data in which labels are corrected."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.relabel.relabel import relabel

__all__ = ["relabel"]

exported(__name__, {"relabel": ["relabel"]})
