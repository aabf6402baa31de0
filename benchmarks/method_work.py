"""A training step of each method, in turn, on TensorFlow."""

import argparse
from collections.abc import Callable, Iterable

import keras
import numpy as np
import tensorflow as tf

from benchmarks.contestant import seconds, serve
from benchmarks.keras_step import peer
from benchmarks.workload import CROSS_ENTROPY, NUM_CLASSES, batch
from cmd_keras import CoupledSGD, NumberedDistiller
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.train_settings import TrainSettings
from cmdcore import CMD, Method, Taught
from cmdcore.methods import METHODS


def method(name: str) -> Method:
    """A method with its own constants, and the rate or the matrix of 40 % symmetric noise."""
    if name == CROSS_ENTROPY:
        return CMD("ce", "zero")
    teacher = "a network" if issubclass(METHODS[name], Taught) else None
    settings = TrainSettings(method=name, noise="sym:0.4", teacher=teacher)
    return named_method(settings, num_classes=NUM_CLASSES)[0]


def step(name: str, network: str, batch_size: int) -> Callable[[], float]:
    """One step on always the same batch, as runs train; returns the loss."""
    keras.utils.set_random_seed(0)
    images, labels = batch(batch_size)
    peers = (peer(network, side) for side in ("peer_a", "peer_b"))
    how = method(name)
    # As large as each of its students.
    teacher = peer(network, "teacher") if isinstance(how, Taught) else None
    model = NumberedDistiller(labels, *peers, method=how, teacher=teacher)
    model.compile(CoupledSGD(0.01, momentum=0.9, weight_decay=5e-4))
    # The end of a training, where all that a method does is done.
    model.set_clock(t=1, gamma=1)
    batches = iter(tf.data.Dataset.from_tensors((images, np.arange(batch_size))).repeat())
    model.make_train_function()
    return lambda: float(model.train_function(batches)["loss"])


def turn(steps: dict[str, Callable[[], float]], names: Iterable[str]) -> dict[str, float]:
    """Seconds of a step of each, in this order."""
    return {name: seconds(steps[name]) for name in names}


def main() -> None:
    """Serve a step of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("network")
    parser.add_argument("--batch-size", type=int, default=128)
    options = parser.parse_args()
    names = [CROSS_ENTROPY, *METHODS]
    steps = {name: step(name, options.network, options.batch_size) for name in names}
    turn(steps, names)

    def work() -> dict[str, float]:
        # Nobody always runs after the same neighbour.
        names.append(names.pop(0))
        return turn(steps, names)

    serve(work)


if __name__ == "__main__":
    main()
