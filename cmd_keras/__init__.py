"""The Keras front end of CMD: two networks that teach each other.

Importing it registers its classes with Keras, so that `keras.models.load_model`
finds them. Keras itself is imported by whoever uses it first.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from wrapt import register_post_import_hook

from cmd_keras.lazily import exported
from cmdcore.after_keras import after_keras

if TYPE_CHECKING:
    from cmd_keras.mutual_distiller import MutualDistiller
    from cmd_keras.optimizers import CoupledSGD, PeerOptimizers
    from cmd_keras.training_evidence import NumberedDistiller

__all__ = ["CoupledSGD", "MutualDistiller", "NumberedDistiller", "PeerOptimizers"]

exported(
    __name__,
    {
        "mutual_distiller": ["MutualDistiller"],
        "optimizers": ["CoupledSGD", "PeerOptimizers"],
        "training_evidence": ["NumberedDistiller"],
    },
)

# What the distillers are made of, each imported before them.
_PARTS = (
    "arguments",
    "array_check",
    "class_matrices",
    "edited_gradients",
    "example_memory",
    "finite",
    "first_weights",
    "logits",
    "mutual_objective",
    "numbers_of_peers",
    "peer_metrics",
    "peers",
    "running_means",
    "signature",
    "teacher",
    "train_step",
    "training_clock",
    "training_evidence",
)


def _register(_: ModuleType) -> None:
    # Where one of its parts is what imports Keras, they would find it half imported.
    if not any(f"{__name__}.{part}" in sys.modules for part in _PARTS):
        importlib.import_module("cmd_keras.mutual_distiller")
        importlib.import_module("cmd_keras.optimizers")


after_keras(_register)
# It is made of the other distiller, which may be what imports Keras.
register_post_import_hook(
    lambda _: importlib.import_module(f"{__name__}.training_evidence"),
    f"{__name__}.mutual_distiller",
)
