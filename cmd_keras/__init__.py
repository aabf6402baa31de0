"""The Keras front end of CMD: two networks that teach each other.

Importing it registers its classes with Keras, so that `keras.models.load_model`
finds them. Keras itself is imported by whoever uses it first.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from cmd_keras.lazily import exported
from cmdcore.after_keras import after_keras

if TYPE_CHECKING:
    from cmd_keras.mutual_distiller import MutualDistiller
    from cmd_keras.optimizers import CoupledSGD, PeerOptimizers

__all__ = ["CoupledSGD", "MutualDistiller", "PeerOptimizers"]

exported(
    __name__,
    {"mutual_distiller": ["MutualDistiller"], "optimizers": ["CoupledSGD", "PeerOptimizers"]},
)

# What the distiller is made of, each imported before it.
_PARTS = (
    "arguments",
    "array_check",
    "finite",
    "logits",
    "mutual_objective",
    "peer_metrics",
    "peers",
    "signature",
    "train_step",
    "training_clock",
)


def _register(_: ModuleType) -> None:
    # Where one of its parts is what imports Keras, the distiller would find it half imported.
    if not any(f"{__name__}.{part}" in sys.modules for part in _PARTS):
        importlib.import_module("cmd_keras.mutual_distiller")
        importlib.import_module("cmd_keras.optimizers")


after_keras(_register)
