"""The mutual objective alone, values and gradients, from logits that are given.

The peers hand their inputs through, so that what runs is `mutual_loss` with all that
training measures on the way, and no network.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from benchmarks.contestant import seconds, serve
from cmd_keras import MutualDistiller

# Writing 5 to the one resets what the other calls the peak.
_RESET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def resident(which: str) -> int:
    """Bytes of memory in use, `VmRSS`, or their peak since the last reset, `VmHWM`."""
    return 1024 * int(re.search(rf"{which}:\s+(\d+) kB", _STATUS.read_text()).group(1))


def objective(num_classes: int) -> Any:
    """A function of both logits and the labels: the loss and both gradients."""
    inputs = [keras.Input((num_classes,)) for _ in range(2)]
    distiller = MutualDistiller(*(keras.Model(inputs, keras.layers.Identity()(z)) for z in inputs))
    distiller.compile("sgd")

    logits = tf.TensorSpec((None, num_classes))

    @tf.function(
        autograph=False, input_signature=(logits, logits, tf.TensorSpec((None,), tf.int32))
    )
    def loss_and_gradients(z_a: tf.Tensor, z_b: tf.Tensor, y: tf.Tensor) -> tuple:
        with tf.GradientTape() as tape:
            tape.watch((z_a, z_b))
            loss, _ = distiller.mutual_loss([z_a, z_b], y, None)
        return loss, tape.gradient(loss, (z_a, z_b))

    # Its variables are held by it alone.
    loss_and_gradients.distiller = distiller
    return loss_and_gradients


def main() -> None:
    """Serve the seconds it takes, and tell how many arrays of that size it holds at its peak."""
    parser = argparse.ArgumentParser()
    parser.add_argument("num_classes", type=int)
    parser.add_argument("--batch-size", type=int, default=128)
    options = parser.parse_args()
    shape = (options.batch_size, options.num_classes)
    z_a, z_b = (tf.random.stateless_normal(shape, (0, i)) * 3.0 for i in range(2))
    y = tf.range(options.batch_size) % options.num_classes
    function = objective(options.num_classes)
    # Only the first run of this size shows what it holds: TensorFlow keeps what it once had.
    function(z_a[:1], z_b[:1], y[:1])
    before = resident("VmRSS")
    _RESET.write_text("5")
    function(z_a, z_b, y)
    arrays = (resident("VmHWM") - before) / (4 * shape[0] * shape[1])
    serve(lambda: seconds(lambda: float(function(z_a, z_b, y)[0])), about={"arrays": arrays})


if __name__ == "__main__":
    main()
