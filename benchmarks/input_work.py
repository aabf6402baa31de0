"""The input pipeline alone: CIFAR-10 decoded, padded, cropped, mirrored and batched."""

import argparse

import tensorflow as tf

from benchmarks.contestant import seconds, serve
from cmd_keras import data

_BATCHES = 300


def cifar10_batches(data_dir: str, batch_size: int) -> tf.data.Dataset:
    """Training batches of more epochs than anybody will wait for."""
    dataset = data.load("cifar10", data_dir=data_dir)
    return dataset.train_batches(batch_size, epochs=1000)


def main() -> None:
    """Serve the seconds that a batch takes, over some batches in a row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir")
    parser.add_argument("--batch-size", type=int, default=128)
    options = parser.parse_args()
    batches = cifar10_batches(options.data_dir, options.batch_size).take(_BATCHES)

    # From the beginning each time: nothing is ready when the clock starts.
    def some() -> None:
        for _ in batches:
            pass

    some()
    serve(lambda: seconds(some) / _BATCHES)


if __name__ == "__main__":
    main()
