"""Several methods on one data set, over noise and seeds."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.compare.compare import compare
    from cmd_keras.compare.grid import Grid
    from cmd_keras.compare.row import Row

__all__ = ["Grid", "Row", "compare"]

exported(__name__, {"compare": ["compare"], "grid": ["Grid"], "row": ["Row"]})
