"""What the tests of several processes share."""

import pytest

from tests.forked import Forks


@pytest.fixture(scope="module")
def forks():
    """A parent that has imported JAX and computed nothing, for processes that are one run."""
    with Forks(KERAS_BACKEND="jax") as forks:
        yield forks
