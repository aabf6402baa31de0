"""A training step of cmd-keras on TensorFlow, and what it is compared with.

- `mutual`: two peers, Mconf and CMD-P.
- `zero`: the same with nothing passed on.
- `single`: one network, cross entropy.
- `bfloat16`: `mutual`, with layers that compute in bfloat16.
- `as-it-comes`: `mutual` with the layers of Keras alone.
- `evaluate`: both peers on a batch of the test set.
- `from-disk`: `mutual`, with the batches of CIFAR-10 as the command line trains on them.
- `one-of-them`: the same, with the first of those batches again and again.
- `sgemm`: the product of two square matrices, in FLOP/s.
"""

import argparse
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from benchmarks.contestant import seconds, serve
from benchmarks.input_work import cifar10_batches
from benchmarks.workload import IMAGE_SHAPE, MEAN, NUM_CLASSES, VARIANCE, batch
from cmd_keras import CoupledSGD, MutualDistiller
from cmd_keras.networks import NETWORKS
from cmd_keras.networks.batch_normalization import plain
from cmd_keras.run.settings.precision import layers_in

KINDS = (
    "mutual",
    "zero",
    "single",
    "bfloat16",
    "as-it-comes",
    "evaluate",
    "from-disk",
    "one-of-them",
    "sgemm",
)
_SIDE = 3072


def peer(network: str, name: str) -> keras.Model:
    """One network of the workload."""
    return NETWORKS[network](IMAGE_SHAPE, NUM_CLASSES, np.array(MEAN), np.array(VARIANCE), name)


def distiller(
    network: str, mode: str = "progressive", as_it_comes: bool = False
) -> MutualDistiller:
    """Two peers, compiled with the paper's optimizer."""
    peers = [peer(network, name) for name in ("peer_a", "peer_b")]
    model = MutualDistiller(*(map(plain, peers) if as_it_comes else peers), mode=mode)
    model.compile(CoupledSGD(0.01, momentum=0.9, weight_decay=5e-4))
    return model


def step(kind: str, network: str, batches: tf.data.Dataset) -> Callable[[], float]:
    """One step on the next batch; returns the loss."""
    keras.utils.set_random_seed(0)
    if kind == "single":
        model = peer(network, "peer")
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(CoupledSGD(0.01, momentum=0.9, weight_decay=5e-4), loss)
    else:
        mode = "zero" if kind == "zero" else "progressive"
        with layers_in("mixed_bfloat16" if kind == "bfloat16" else None):
            model = distiller(network, mode, as_it_comes=kind == "as-it-comes")
    batches = iter(batches)
    if kind == "evaluate":
        model.make_test_function()
        return lambda: float(model.test_function(batches)["loss"])
    model.make_train_function()
    return lambda: float(model.train_function(batches)["loss"])


def resident(batch_size: int) -> tf.data.Dataset:
    """The same batch for ever."""
    return tf.data.Dataset.from_tensors(batch(batch_size)).repeat()


def sgemm() -> float:
    """FLOP/s of one product."""
    a = tf.random.normal((_SIDE, _SIDE), seed=0)
    return 2.0 * _SIDE**3 / seconds(lambda: tf.matmul(a, a).numpy())


def main() -> None:
    """Serve training steps."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("network")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--steps", type=int, default=1, help="how many to take the mean of")
    parser.add_argument("--data-dir")
    options = parser.parse_args()
    if options.kind == "sgemm":
        serve(sgemm)
        return
    if options.kind in ("from-disk", "one-of-them"):
        batches = cifar10_batches(options.data_dir, options.batch_size)
        if options.kind == "one-of-them":
            batches = batches.take(1).cache().repeat()
    else:
        batches = resident(options.batch_size)
    one_step = step(options.kind, options.network, batches)

    def steps() -> None:
        for _ in range(options.steps):
            one_step()

    serve(lambda: seconds(steps) / options.steps, about={"first loss": one_step()})


if __name__ == "__main__":
    main()
