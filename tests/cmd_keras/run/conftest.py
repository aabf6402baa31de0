"""What the tests of several processes share."""

import pytest

from tests.forked import Forks


@pytest.fixture(scope="module")
def forks():
    """A parent that has imported JAX and computed nothing, for processes that are one run."""
    # LLVM would spend three quarters of the time on programs that run for a second. How they
    # are divided among devices is decided before it, and `test_trajectories` runs what it makes.
    with Forks(KERAS_BACKEND="jax", JAX_DISABLE_MOST_OPTIMIZATIONS="1") as forks:
        yield forks
