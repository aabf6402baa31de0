"""An order by chance in which every part has of each class its share."""

import tensorflow as tf


def spread_classes(classes: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Mix the examples of each class, and spread every class evenly over the order.

    Each class begins at a place of its own that is drawn, and comes back after as many places as
    its examples are rarer than all. So of b examples in a row about b n_c / n are of a class with
    n_c of n, never one more or less than that, but for the ends of the order; and there is one in
    every run of n / n_c.

    Args:
        classes: `[n]` integers from 0 on.
        key: `[2]` integers; the same key, the same order.

    Returns:
        `[n]`, of the type of `classes`: the number of the example at each place.
    """
    count = tf.size(classes, classes.dtype)
    mixed = tf.random.experimental.stateless_shuffle(tf.range(count), key)
    own = tf.gather(classes, mixed)
    sizes = tf.math.bincount(tf.cast(own, tf.int32), dtype=classes.dtype)
    # Sorted by class, and within one in the order that was drawn.
    by_class = tf.argsort(own, stable=True)
    own, mixed = tf.gather(own, by_class), tf.gather(mixed, by_class)
    rank = tf.range(count) - tf.gather(tf.cumsum(sizes, exclusive=True), own)
    begin = tf.random.stateless_uniform([tf.size(sizes)], key, dtype=tf.float64)
    size = tf.cast(tf.gather(sizes, own), tf.float64)
    at = (tf.cast(rank, tf.float64) + tf.gather(begin, own)) / size
    return tf.gather(mixed, tf.argsort(at, stable=True))
