"""What does evaluating after each epoch add to training?"""

import contextlib
import statistics

from benchmarks.contestant import Contestant, take_turns
from benchmarks.size import Size
from benchmarks.switches import switched_on, with_all_threads
from benchmarks.table import Row, at_best, milliseconds, ratios
from benchmarks.workload import evaluation_flop

# Those of CIFAR-10.
_TRAINING_IMAGES, _TEST_IMAGES = 50_000, 10_000


def rows(size: Size) -> list[Row]:
    """Time on 10,000 test images over time on 50,000 training images."""
    network = size.networks[0]
    # The one that `Dataset.test_batches` hands out, twice the training batch.
    test_batch = 2 * size.batch_size
    with contextlib.ExitStack() as stack:
        contestants = {
            kind: stack.enter_context(
                Contestant(
                    "benchmarks.keras_step", (kind, network, "--batch-size", batch), environment
                )
            )
            for kind, batch, environment in (
                ("mutual", size.batch_size, switched_on()),
                ("evaluate", test_batch, switched_on()),
                ("sgemm", 0, with_all_threads()),
            )
        }
        taken = take_turns(contestants, size.rounds)
    training = [t * _TRAINING_IMAGES / size.batch_size for t in taken["mutual"]]
    testing = [t * _TEST_IMAGES / test_batch for t in taken["evaluate"]]
    # What no convolution computed directly can be quicker than.
    bound = [2 * evaluation_flop(network, _TEST_IMAGES) / rate for rate in taken["sgemm"]]
    return [
        Row(
            f"{network}: evaluation / training, on the sizes of CIFAR-10",
            ratios(testing, training),
            "<=",
            0.05,
            detail=f"{milliseconds(taken['evaluate'])} for {test_batch} images, "
            f"{milliseconds(taken['mutual'])} for a step of {size.batch_size}; "
            f"{statistics.median(ratios(bound, training)):.3f} if it ran at the rate of sgemm",
            at_best=at_best(testing, training),
        )
    ]
