"""How many examples a step learns from."""

from cmd_keras.data.balanced import balanced_batch_size
from cmdcore import Method


def batch_size_for(method: Method, batch_size: int, count: int, devices: int = 1) -> int:
    """The size of all batches of an epoch but the last one.

    Args:
        method: One that learns nothing from a batch that lacks a class would learn from the
            rest of an epoch what a handful of examples say, so it has batches of one size.
        batch_size: What was asked for, a multiple of `devices`.
        count: How many examples there are.
        devices: How many share a batch.
    """
    if method.needs_every_class:
        return balanced_batch_size(count, batch_size, devices)
    return batch_size
