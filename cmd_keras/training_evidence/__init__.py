"""What training said of each label, epoch by epoch, before it was known by heart."""

from cmd_keras.training_evidence.collect_evidence import CollectEvidence
from cmd_keras.training_evidence.evidence import Evidence
from cmd_keras.training_evidence.numbered_distiller import NumberedDistiller

__all__ = ["CollectEvidence", "Evidence", "NumberedDistiller"]
