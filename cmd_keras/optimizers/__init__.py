"""The paper's optimizer, and a pair of optimizers for two peers."""

from cmd_keras.optimizers.coupled_sgd import CoupledSGD
from cmd_keras.optimizers.peer_optimizers import PeerOptimizers

__all__ = ["CoupledSGD", "PeerOptimizers"]
