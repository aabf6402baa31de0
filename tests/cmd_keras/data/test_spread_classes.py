"""Every part of the order has its share of each class, and chance decides all else."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras import data
from cmd_keras.data.spread_classes import spread_classes
from tests.cmd_keras.data.test_inputs import in_files, in_memory, streamed

CLASSES = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(np.array)
KEYS = st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 1000))


def spread(classes, key):
    return spread_classes(tf.constant(classes, tf.int64), tf.constant(key, tf.int64)).numpy()


@given(classes=CLASSES, key=KEYS)
def test_every_example_comes_once_and_no_part_lacks_its_share(classes, key):
    order = spread(classes, key)
    assert sorted(order) == list(range(len(classes)))
    np.testing.assert_array_equal(order, spread(classes, key))
    in_order, count = classes[order], len(classes)
    for c in np.unique(classes):
        # Of the first k places so many are of the class, but for one, and for one of each other.
        seen = np.cumsum(in_order == c)
        share = np.arange(1, count + 1) * (classes == c).sum() / count
        assert np.abs(seen - share).max() <= len(np.unique(classes))


@pytest.mark.parametrize("size", [4, 5, 8])
def test_no_batch_lacks_a_class_that_is_frequent_enough(size):
    classes = np.repeat(np.arange(4), 25)
    for epoch in range(20):
        in_order = classes[spread(classes, (3, epoch))]
        batches = np.split(in_order, range(size, 100, size))
        assert all(len(np.unique(batch)) == 4 for batch in batches if len(batch) == size)


def test_examples_of_a_class_and_the_classes_are_mixed_anew_by_each_key():
    classes = np.repeat(np.arange(3), 400)
    orders = [spread(classes, (0, epoch)) for epoch in range(40)]
    places = np.array([np.argsort(order) for order in orders])
    # The mean place of every example is the middle, but for chance: 346 / 40^1/2 = 55.
    assert np.abs(places.mean(axis=0) - 599.5).max() < 5 * 55
    assert {tuple(classes[order[:3]]) for order in orders} == {
        (a, b, c) for a in range(3) for b in range(3) for c in range(3) if len({a, b, c}) == 3
    }


@pytest.mark.parametrize("source", [in_memory, in_files, streamed])
@pytest.mark.parametrize("keep", [None, lambda place: place % 3 != 1])
def test_inputs_wherever_they_are_from_come_in_this_order(source, keep, tmp_path):
    inputs, classes = source(tmp_path), tf.constant(np.arange(15) % 3, tf.int64)
    order = inputs.shuffled(7, tf.constant(2, tf.int64), None, classes)
    numbers, images = zip(*order.as_numpy_iterator(), strict=True)
    assert sorted(numbers) == list(range(15))
    assert (np.sort(np.reshape(numbers, (5, 3)) % 3, axis=1) == np.arange(3)).all()
    np.testing.assert_array_equal(np.stack(images)[:, 0, 0, 0], np.array(numbers) * 4)
    kept = [n for place, n in enumerate(numbers) if keep is None or keep(place)]
    batches = inputs.shuffled_batches(4, 7, tf.constant(2, tf.int64), keep, classes)
    assert np.concatenate([i for i, _ in batches.as_numpy_iterator()]).tolist() == kept


@pytest.mark.parametrize("pad", [0, 1])
def test_batches_of_a_data_set_have_every_class(pad):
    digits = data.load("digits", noise="sym:0.4", pad=pad)
    labels = digits.given_labels

    def lacking(spread):
        batches = digits.train_batches(24, 2, 0, labels=np.arange(len(labels)), spread=spread)
        numbers = [n for _, n in batches.as_numpy_iterator()]
        assert sorted(np.concatenate(numbers)) == sorted([*range(len(labels))] * 2)
        return sum(len(np.unique(labels[n])) < 10 for n in numbers if len(n) == 24)

    assert lacking(spread=True) == 0 < lacking(spread=False)
