"""Several networks in one process, each of which TensorFlow traces once."""

import contextlib
import logging
from collections.abc import Iterator


def _is_news(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in record.getMessage()


@contextlib.contextmanager
def several_networks() -> Iterator[None]:
    """Keep TensorFlow from warning of a function that is traced again and again in this block.

    It goes by the place where a function was defined, and Keras defines those of all networks
    in one place.
    """
    log = logging.getLogger("tensorflow")
    log.addFilter(_is_news)
    try:
        yield
    finally:
        log.removeFilter(_is_news)
