"""Batches that resemble each other."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cmd_keras.data import ArrayInputs, Augmentation
from cmd_keras.data.balanced import balanced_batch_size, balanced_order
from cmd_keras.data.batches import shuffle_batches
from cmd_keras.data.inputs import FileImages, StreamedImages


def order_of(labels, *key):
    return balanced_order(tf.constant(labels), tf.constant(key, tf.int64)).numpy()


@given(
    npst.arrays(np.int64, st.integers(1, 200), elements=st.integers(0, 7)),
    st.integers(1, 50),
    st.integers(0, 2**31),
)
def test_each_class_has_its_share_of_any_places_in_a_row(labels, size, seed):
    order = order_of(labels, seed, 3)
    assert sorted(order) == list(range(len(labels)))
    counts = np.bincount(labels)
    # A stretch begins and ends within one example of each class of where it would.
    present = (counts > 0).sum()
    for start in range(0, len(labels) - size + 1, size):
        found = np.bincount(labels[order[start : start + size]], minlength=len(counts))
        share = counts * size / len(labels)
        slack = 2 + 2 * present * counts / len(labels)
        assert (np.abs(found - share) <= slack).all()


def test_of_classes_of_one_size_every_batch_holds_as_many():
    labels = np.repeat(np.arange(10), 100)
    order = order_of(labels, 0, 0)
    for batch in labels[order].reshape(10, 100):
        assert set(np.bincount(batch)) <= {9, 10, 11}
    assert not np.array_equal(order, order_of(labels, 0, 1))
    assert not np.array_equal(order, order_of(labels, 1, 0))
    np.testing.assert_array_equal(order, order_of(labels, 0, 0))


def test_within_a_class_every_example_may_be_first():
    labels = np.array([0, 0, 0, 1, 1])
    orders = [order_of(labels, 0, epoch) for epoch in range(200)]
    firsts = {c: [next(i for i in order if labels[i] == c) for order in orders] for c in (0, 1)}
    for c, members in ((0, (0, 1, 2)), (1, (3, 4))):
        shares = [firsts[c].count(i) / 200 for i in members]
        assert min(shares) > 0.6 / len(members)
    begins = [labels[order[0]] for order in orders]
    assert 0.2 < np.mean(begins) < 0.6, "neither class always begins"


@given(st.integers(1, 3000), st.integers(1, 40), st.integers(1, 8))
def test_batches_of_one_size_are_no_larger_and_no_more(count, shares, devices):
    batch_size = shares * devices
    size = balanced_batch_size(count, batch_size, devices)
    assert size % devices == 0
    assert 0 < size <= batch_size
    batches = -(-count // size)
    assert batches <= -(-count // batch_size)
    assert size * batches - count < max(batches, 2) * devices


@pytest.mark.parametrize("kind", ["array", "files", "stream"])
@pytest.mark.parametrize("augmentation", [Augmentation(), Augmentation(pad=1)])
def test_all_kinds_of_inputs_are_handed_out_so(kind, augmentation, tmp_path):
    labels = np.repeat(np.arange(4), [40, 20, 12, 8])
    images = np.zeros((80, 4, 4, 1), np.uint8)
    images[:, 0, 0, 0] = np.arange(80)
    inputs = ArrayInputs(images)
    if kind == "files":
        for i, image in enumerate(images):
            (tmp_path / f"{i}").write_bytes(image.tobytes())
        paths = [str(tmp_path / f"{i}").encode() for i in range(80)]
        inputs = FileImages(paths, read, (4, 4, 1))
    elif kind == "stream":
        encoded = tf.data.Dataset.from_tensor_slices([image.tobytes() for image in images])
        inputs = StreamedImages(encoded, read, 80, (4, 4, 1))
    batches = shuffle_batches(inputs, np.arange(80), augmentation, 20, range(2), 0, balance=labels)
    seen = [numbers.numpy() for _, numbers in batches]
    assert sorted(np.concatenate(seen[:4])) == sorted(np.concatenate(seen[4:])) == list(range(80))
    assert not np.array_equal(seen[0], seen[4])
    for numbers in seen:
        found = np.bincount(labels[numbers], minlength=4)
        assert (np.abs(found - [10, 5, 3, 2]) <= 2).all()
    if augmentation == Augmentation():
        for x, numbers in batches:
            np.testing.assert_array_equal(x[:, 0, 0, 0], numbers)


def read(content):
    return tf.reshape(tf.io.decode_raw(content, tf.uint8), [4, 4, 1])
