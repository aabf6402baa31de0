"""Inputs with their labels, varied or cut to their centre, as batches."""

import numpy as np
import tensorflow as tf

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.inputs import Inputs, filter_places
from cmd_keras.data.shard import WHOLE, Shard

# Nothing here branches on a tensor, and to read every function for it takes half a second.
_as_written = tf.autograph.experimental.do_not_convert


@_as_written
def shuffle_batches(
    inputs: Inputs,
    labels: np.ndarray,
    augmentation: Augmentation,
    batch_size: int,
    epochs: range,
    seed: int,
    shard: Shard = WHOLE,
    balance: np.ndarray | None = None,
) -> tf.data.Dataset:
    """`(inputs, labels)` of some epochs, one after the other, each in an order of its own.

    Args:
        inputs: `n` training inputs.
        labels: `[n]`.
        augmentation: How an input is varied, in every epoch anew.
        batch_size: Inputs in a batch; the last one of an epoch may be smaller.
        epochs: The epochs, counted from 0.
        seed: Same seed, same order and same augmentation.
        shard: What this process reads of each batch.
        balance: `[n]` classes, of each of which every batch holds its share; None leaves it to
            chance.

    Returns:
        Batches of float32 `[batch, *shape]` and int64 `[batch]`.
    """
    labels, count = tf.constant(labels, tf.int64), len(inputs)

    keep, own = shard.keep(count, batch_size), shard.batch_size(batch_size)

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        def varied(index: tf.Tensor, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            key = tf.stack([tf.constant(seed, tf.int64), epoch * count + index])
            return augmentation.vary(x, key), labels[index]

        if augmentation.varies(inputs.shape):
            examples = inputs.shuffled(seed, epoch, keep, balance)
            return examples.map(varied, tf.data.AUTOTUNE).batch(own)
        batches = inputs.shuffled_batches(own, seed, epoch, keep, balance)
        return batches.map(lambda i, x: (tf.cast(x, tf.float32), tf.gather(labels, i)))

    batches = tf.data.Dataset.range(epochs.start, epochs.stop).flat_map(one_epoch)
    return _of_known_length(batches, len(epochs) * shard.batches(count, batch_size))


@_as_written
def order_batches(
    inputs: Inputs,
    labels: np.ndarray,
    augmentation: Augmentation,
    batch_size: int,
    shard: Shard = WHOLE,
) -> tf.data.Dataset:
    """`(inputs, labels)` in order, of images the centre.

    Args:
        inputs: `n` inputs.
        labels: `[n]`.
        augmentation: Says how large the centre is.
        batch_size: Inputs in a batch; the last one may be smaller.
        shard: What this process reads of each batch.

    Returns:
        Batches of float32 `[batch, *shape]` and int64 `[batch]`.
    """
    keep, own = shard.keep(len(inputs), batch_size), shard.batch_size(batch_size)
    x = inputs.batches_in_order(own, keep).map(augmentation.centre, tf.data.AUTOTUNE)
    y = filter_places(tf.data.Dataset.from_tensor_slices(labels.astype(np.int64)), keep)
    batches = tf.data.Dataset.zip((x, y.batch(own)))
    return _of_known_length(batches, shard.batches(len(inputs), batch_size))


@_as_written
def order_inputs(inputs: Inputs, augmentation: Augmentation, batch_size: int) -> tf.data.Dataset:
    """Inputs alone, as `order_batches` has them, which every process reads whole.

    Args:
        inputs: `n` inputs.
        augmentation: Says how large the centre is.
        batch_size: Inputs in a batch; the last one may be smaller.

    Returns:
        Batches of float32 `[batch, *shape]`.
    """
    x = inputs.batches_in_order(batch_size).map(augmentation.centre, tf.data.AUTOTUNE)
    return _of_known_length(x, -(-len(inputs) // batch_size))


def _of_known_length(batches: tf.data.Dataset, length: int) -> tf.data.Dataset:
    # Streams and epochs in a row do not tell how long they are; progress bars ask.
    return read_ahead(batches.apply(tf.data.experimental.assert_cardinality(length)))


def read_ahead(batches: tf.data.Dataset) -> tf.data.Dataset:
    """The same batches, the next of which are made while one is in use.

    Args:
        batches: Any.
    """
    options = tf.data.Options()
    # Its thread looks at the pipeline ever more rarely, and where the end of an iterator does
    # not wake it, that end waits for the next look: up to a minute after the last epoch.
    options.autotune.enabled = False
    return batches.prefetch(tf.data.AUTOTUNE).with_options(options)
