"""Does reading the images hold training up?"""

import contextlib

from benchmarks.contestant import Contestant, take_turns
from benchmarks.size import Size
from benchmarks.switches import switched_on
from benchmarks.table import Row, at_best, milliseconds, ratios

_ALONE = ("input pipeline alone / rate of training", ">=", 10.0)
_FROM_DISK = ("training from disk / from one batch in memory", "<=", 1.03)
# More steps in a row than batches are prefetched, or reading would cost nothing; and then a
# pause, in which what was taken is prefetched again, and no neighbour is disturbed by it.
_STEPS, _PAUSE = 12, 1.0
_NO_DATA = "needs CIFAR-10 as tensorflow-datasets prepares it: --data-dir DIR"


def rows(size: Size) -> list[Row]:
    """The pipeline against the step that it feeds."""
    network = size.networks[0]
    if size.data_dir is None:
        return [
            Row(f"{network}: {question}", (), relation, goal, why_not=_NO_DATA)
            for question, relation, goal in (_ALONE, _FROM_DISK)
        ]
    batch = ("--batch-size", size.batch_size)
    fed = (network, *batch, "--data-dir", size.data_dir, "--steps", _STEPS)
    with contextlib.ExitStack() as stack:
        contestants = {
            name: stack.enter_context(Contestant(module, arguments, switched_on()))
            for name, module, arguments in (
                ("input", "benchmarks.input_work", (size.data_dir, *batch)),
                ("one-of-them", "benchmarks.keras_step", ("one-of-them", *fed)),
                ("from-disk", "benchmarks.keras_step", ("from-disk", *fed)),
            )
        }
        taken = take_turns(contestants, size.rounds, pause=_PAUSE)
    resident = taken["one-of-them"]
    return [
        Row(
            f"{network}: {_ALONE[0]}",
            ratios(resident, taken["input"]),
            *_ALONE[1:],
            detail=f"{milliseconds(taken['input'], 1)} a batch, {milliseconds(resident)} a step",
            at_best=at_best(resident, taken["input"]),
        ),
        Row(
            f"{network}: {_FROM_DISK[0]}",
            ratios(taken["from-disk"], resident),
            *_FROM_DISK[1:],
            detail=f"{milliseconds(taken['from-disk'])} against {milliseconds(resident)}",
            at_best=at_best(taken["from-disk"], resident),
        ),
    ]
