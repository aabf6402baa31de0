"""CMD as a classifier of scikit-learn: for pipelines, searches and cross-validation."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.sklearn.classifier import CMDClassifier

__all__ = ["CMDClassifier"]

exported(__name__, {"classifier": ["CMDClassifier"]})
