"""What a run can be made with, and probably should not."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data.balanced import balanced_order
from cmd_keras.notice import notice
from cmd_keras.run.settings.batch_size import batch_size_for
from cmd_keras.run.settings.plan import Plan
from cmdcore.methods.phase import first_epochs

if TYPE_CHECKING:
    from cmd_keras.data import Dataset
    from cmd_keras.run.settings.train_settings import TrainSettings
    from cmd_keras.run.settings.transition import Matrix


# Of batches, that teach nothing.
_MANY = 0.1
# Batches at least, to see how many are of that kind.
_DRAWN = 400


def say_odd(plan: Plan, dataset: "Dataset") -> None:
    """Say what of the method comes to nothing, or contradicts what its settings mean.

    Args:
        plan: Of a run that begins.
        dataset: What it learns from.
    """
    _say_empty_phases(plan)
    _say_unused_labels(plan.settings)
    if plan.method.needs_every_class:
        _say_missing_classes(plan, dataset.given_labels)
    if plan.settings.transition is not None:
        _say_other_names(plan.settings.transition, dataset.class_names)


def _say_unused_labels(settings: "TrainSettings") -> None:
    if settings.validation_labels != "clean" and settings.validation_split == 0.0:
        notice(
            f"validation_labels={settings.validation_labels} has no effect: no share of the "
            "training examples is held out. Add a validation_split, or leave it out."
        )


def _say_empty_phases(plan: Plan) -> None:
    phases, epochs = plan.method.phases(), plan.settings.epochs
    firsts = [*first_epochs(phases, epochs), epochs]
    for number, phase in enumerate(phases):
        if firsts[number] >= firsts[number + 1]:
            notice(
                f"Part {number + 1} of {len(phases)} of {plan.method} has no epoch: it would begin "
                f"after {phase.start:.0%} of {counted(epochs, 'epoch')}. Take more epochs, or "
                "other constants, if it is meant to be there."
            )


def _say_missing_classes(plan: Plan, given: np.ndarray) -> None:
    size = batch_size_for(plan.method, plan.settings.batch_size, len(given))
    classes, cuts = len(np.unique(given)), range(size, len(given), size)
    epochs = -(-_DRAWN // (len(cuts) + 1))
    orders = (balanced_order(given, (plan.settings.seed, epoch)).numpy() for epoch in range(epochs))
    batches = itertools.chain.from_iterable(np.split(given[order], cuts) for order in orders)
    lacking = np.mean([len(np.unique(batch)) < classes for batch in batches])
    if lacking > _MANY:
        notice(
            f"About {lacking:.0%} of the batches of {size} examples lack a class: after its warmup "
            "the method learns nothing from these. Take a larger batch_size (history.csv says of "
            "each epoch how many batches it did learn from: regular_a, regular_b)."
        )


def _say_other_names(transition: "Matrix", class_names: Sequence[str]) -> None:
    others = [
        max((often, given) for given, often in enumerate(row) if given != true)
        for true, row in enumerate(transition)
    ]
    wrong = [true for true, row in enumerate(transition) if row[true] <= others[true][0]]
    if wrong:
        true, (_, given) = wrong[0], others[wrong[0]]
        notice(
            f"By transition {counted(len(wrong), 'class', 'classes')} would be called by another "
            f"name as often as by its own, or more often, as {class_names[true]!r} by "
            f"{class_names[given]!r}. "
            "Rows are true classes, columns given ones, in the order of the data."
        )
