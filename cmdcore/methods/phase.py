"""Trainings that follow each other in one: what begins anew with each."""

from collections.abc import Sequence
from typing import NamedTuple


class Phase(NamedTuple):
    """A part of training, which lasts until the next one begins.

    The learning rate begins anew with it: where it drops is counted in its own epochs. Whoever
    schedules it sees to that, as runs of `cmd_keras` do; Keras's `fit` alone does not.

    Attributes:
        start: The share of all epochs that are done when it begins, in [0, 1].
        fresh: Whether both networks begin again with the weights, and the optimizer with the
            state, that they had when training began.
        rate: What the learning rate is multiplied with.
        drops: Whether the learning rate drops, or stays what it was at the start.
    """

    start: float = 0.0
    fresh: bool = False
    rate: float = 1.0
    drops: bool = True


def first_epochs(phases: Sequence[Phase], epochs: int) -> list[int]:
    """Before which epoch each phase begins.

    Args:
        phases: In their order.
        epochs: Gamma.

    Returns:
        Numbers of epochs, counted from 0; one that is `epochs` never begins.

    Example:
        >>> phases = (cmdcore.Phase(), cmdcore.Phase(0.625, fresh=True))
        >>> cmdcore.methods.phase.first_epochs(phases, epochs=40)
        [0, 25]
    """
    return [round(phase.start * epochs) for phase in phases]


def current(phases: Sequence[Phase], epoch: int, epochs: int) -> int:
    """Which phase an epoch belongs to.

    Args:
        phases: In their order, the first from the start.
        epoch: Counted from 0.
        epochs: Gamma.

    Returns:
        The number of the phase, counted from 0.

    Example:
        >>> phases = (cmdcore.Phase(), cmdcore.Phase(0.625, fresh=True))
        >>> [cmdcore.methods.phase.current(phases, epoch, epochs=40) for epoch in (24, 25)]
        [0, 1]
    """
    return sum(first <= epoch for first in first_epochs(phases, epochs)) - 1
