"""How do time and memory of the objective grow with the number of classes?"""

import contextlib
import math
import sys

from benchmarks.contestant import Contestant, take_turns
from benchmarks.size import Size
from benchmarks.switches import switched_on
from benchmarks.table import Row, milliseconds

_TIME = ("objective: time ~ classes to the power of", "<=", 1.1)
_MEMORY = ("objective: arrays [batch, classes] held beyond the logits", "<=", 8.0)


def rows(size: Size) -> list[Row]:
    """Growth from the smallest number of classes to the largest, and memory there."""
    if sys.platform != "linux":
        why = "the peak of memory is read from /proc, which only Linux has"
        return [Row(*row[:1], (), *row[1:], why_not=why) for row in (_TIME, _MEMORY)]
    with contextlib.ExitStack() as stack:
        contestants = {
            f"{classes:,}": stack.enter_context(
                Contestant(
                    "benchmarks.objective_work",
                    (classes, "--batch-size", size.batch_size),
                    switched_on(),
                )
            )
            for classes in size.classes
        }
        taken = take_turns(contestants, size.rounds)
    smallest, *_, largest = taken.values()
    factor = math.log(size.classes[-1] / size.classes[0])
    return [
        Row(
            _TIME[0],
            [math.log(b / a) / factor for a, b in zip(smallest, largest, strict=True)],
            *_TIME[1:],
            detail=", ".join(f"{name}: {milliseconds(times)}" for name, times in taken.items()),
        ),
        Row(
            _MEMORY[0],
            [contestants[f"{size.classes[-1]:,}"].about["arrays"]],
            *_MEMORY[1:],
            detail=f"{size.classes[-1]:,} classes, batch {size.batch_size}, resident memory",
        ),
    ]
