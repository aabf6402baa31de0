"""How long does a training step take, against PyTorch, one network, and the machine?"""

import contextlib
import importlib.util
import statistics
from collections.abc import Iterator, Sequence

from benchmarks.contestant import Contestant, take_turns
from benchmarks.size import Size
from benchmarks.switches import AS_IT_COMES, switched_on, with_all_threads
from benchmarks.table import Row, at_best, milliseconds, ratios
from benchmarks.workload import training_flop

_COMPARED = (
    ("channels_last", "PyTorch, channels last", ("<=", 0.8)),
    ("default", "PyTorch, default layout", ()),
    ("as-it-comes", "Keras as it comes, without oneDNN", ()),
    ("single", "step of one network", ("<=", 1.9)),
    ("zero", "step that passes nothing on", ("<=", 1.02)),
    ("bfloat16", "the same with --precision mixed_bfloat16", ()),
)
_NO_TORCH = "PyTorch is not installed: pip install torch==2.13.0"


def rows(size: Size) -> Iterator[Row]:
    """Rows about the step of each network, all of them for the first."""
    first, *others = size.networks
    yield from _of_network(first, size, size.kinds, ("channels_last", "default"))
    for network in others:
        yield from _of_network(network, size, ("mutual", "single", "sgemm"), ("channels_last",))


def _of_network(
    network: str, size: Size, kinds: Sequence[str], layouts: Sequence[str]
) -> list[Row]:
    taken = _taken(network, size, kinds, layouts)
    compared = [
        _against(network, taken, kind, what, goal)
        for kind, what, goal in _COMPARED
        if kind in (*kinds, *layouts)
    ]
    return [*compared, _against_sgemm(network, size, taken)]


def _taken(
    network: str, size: Size, kinds: Sequence[str], layouts: Sequence[str]
) -> dict[str, list[float]]:
    batch = ("--batch-size", size.batch_size)
    has_torch = size.with_torch and importlib.util.find_spec("torch") is not None
    with contextlib.ExitStack() as stack:
        contestants = {
            kind: stack.enter_context(
                Contestant(
                    "benchmarks.keras_step",
                    (kind, network, *batch),
                    _environment(kind),
                )
            )
            for kind in kinds
        }
        for layout in layouts if has_torch else ():
            contestants[layout] = stack.enter_context(
                Contestant("benchmarks.torch_peer", (network, "--layout", layout, *batch))
            )
        return take_turns(contestants, size.rounds)


def _against(
    network: str, taken: dict[str, list[float]], kind: str, what: str, goal: Sequence
) -> Row:
    question, mutual = f"{network}: mutual step / {what}", taken["mutual"]
    if kind not in taken:
        return Row(question, (), *goal, why_not=_NO_TORCH)
    return Row(
        question,
        ratios(mutual, taken[kind]),
        *goal,
        detail=f"{milliseconds(mutual)} against {milliseconds(taken[kind])}",
        at_best=at_best(mutual, taken[kind]),
    )


def _against_sgemm(network: str, size: Size, taken: dict[str, list[float]]) -> Row:
    rate = [2 * training_flop(network, size.batch_size) / step for step in taken["mutual"]]
    sgemm = taken["sgemm"]
    return Row(
        f"{network}: convolutions of the mutual step / sgemm",
        ratios(rate, sgemm),
        ">=",
        0.55,
        detail=f"{statistics.median(rate) / 1e9:,.0f} of "
        f"{statistics.median(sgemm) / 1e9:,.0f} GFLOP/s",
        at_best=max(rate) / max(sgemm),
    )


def _environment(kind: str) -> dict[str, str | None]:
    if kind == "as-it-comes":
        return AS_IT_COMES
    return with_all_threads() if kind in ("single", "sgemm") else switched_on()
