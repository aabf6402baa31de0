"""The Keras front end of CMD: two networks that teach each other.

Importing it registers its classes with Keras, so that `keras.models.load_model`
finds them.
"""

from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.optimizers import CoupledSGD, PeerOptimizers

__all__ = ["CoupledSGD", "MutualDistiller", "PeerOptimizers"]
