"""Draws that depend on a seed, and that nothing drawn later depends on."""

import contextlib
import random
from collections.abc import Iterator

import keras
import numpy as np


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """What is drawn inside depends on the seed alone, what is drawn afterwards not at all.

    Initialisers and random layers that are given no seed draw one from Python's generator;
    on PyTorch `Dropout` draws from PyTorch's own.

    Args:
        seed: In [0, 2^31).
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        with _seeded_backend(seed):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextlib.contextmanager
def _seeded_backend(seed: int) -> Iterator[None]:
    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
