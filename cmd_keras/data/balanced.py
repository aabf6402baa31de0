"""Batches that resemble each other: in each as much of every class as it has in the data."""

import tensorflow as tf


def balanced_order(labels: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """An order in which the examples of each class come at even intervals.

    Any m places that follow each other hold about m n_c / n examples of class c. Which ones,
    and where each class begins, is drawn anew with each key.

    Args:
        labels: `[n]` integers, 0 or more.
        key: `[2]` integers. Same key, same order.

    Returns:
        int64 `[n]`, each of 0 … n - 1 once.

    Example:
        >>> labels = tf.constant([0, 0, 0, 0, 1, 1])
        >>> order = balanced_order(labels, tf.constant([0, 1]))
        >>> [sorted(half) for half in tf.reshape(tf.gather(labels, order), [2, 3]).numpy().tolist()]
        [[0, 0, 1], [0, 0, 1]]
    """
    labels = tf.cast(labels, tf.int64)
    count, classes = tf.size(labels, tf.int64), tf.reduce_max(labels) + 1
    drawn = tf.random.stateless_uniform([count + classes], key, dtype=tf.float64)
    mixed, begins = drawn[:count], drawn[count:]
    by_class = tf.argsort(tf.cast(labels, tf.float64) + mixed)
    labels = tf.gather(labels, by_class)
    sizes = tf.math.bincount(tf.cast(labels, tf.int32), dtype=tf.int64)
    rank = tf.range(count) - tf.gather(tf.cumsum(sizes, exclusive=True), labels)
    place = tf.cast(rank, tf.float64) + tf.gather(begins, labels)
    return tf.cast(
        tf.gather(by_class, tf.argsort(place / tf.cast(tf.gather(sizes, labels), tf.float64))),
        tf.int64,
    )


def balanced_batch_size(count: int, batch_size: int, devices: int = 1) -> int:
    """The largest size, up to `batch_size`, with which the last batch is hardly smaller.

    Args:
        count: How many examples there are.
        batch_size: A multiple of `devices`.
        devices: How many share a batch.

    Returns:
        A multiple of `devices`, with which there are as many batches as with `batch_size`, or
        fewer.

    Example:
        >>> balanced_batch_size(1297, 128)  # ten of 118, and one of 117 instead of 17
        118
    """
    batches = -(-count // batch_size)
    share = -(-count // (batches * devices))
    return min(batch_size, share * devices)
