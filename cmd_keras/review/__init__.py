"""Every label of a data set, judged by networks that never saw it."""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.review.review import review

__all__ = ["review"]

exported(__name__, {"review": ["review"]})
