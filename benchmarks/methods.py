"""What does a step of each method cost, against one of cross entropy?"""

from benchmarks.contestant import Contestant, take_turns
from benchmarks.size import Size
from benchmarks.switches import switched_on
from benchmarks.table import Row, at_best, milliseconds, ratios
from benchmarks.workload import CROSS_ENTROPY


def rows(size: Size) -> list[Row]:
    """One row a method, on the first network, two of which are trained by all of them."""
    network = size.networks[0]
    work = ("benchmarks.method_work", (network, "--batch-size", size.batch_size), switched_on())
    with Contestant(*work) as contestant:
        turns = take_turns({"steps": contestant}, size.rounds)["steps"]
    taken = {name: [turn[name] for turn in turns] for name in turns[0]}
    plain = taken.pop(CROSS_ENTROPY)
    return [
        Row(
            f"{network}: step of {name} / cross entropy",
            ratios(seconds, plain),
            detail=f"{milliseconds(seconds)} against {milliseconds(plain)}",
            at_best=at_best(seconds, plain),
        )
        for name, seconds in sorted(taken.items())
    ]
