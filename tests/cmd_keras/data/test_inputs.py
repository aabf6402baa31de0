import os

import numpy as np
import pytest
import tensorflow as tf

from cmd_keras.data import ArrayInputs, FileImages, StreamedImages
from cmd_keras.errors import InputError

IMAGES = np.arange(60, dtype=np.uint8).reshape(15, 2, 2, 1)


def in_memory(tmp_path):
    return ArrayInputs(IMAGES)


def in_files(tmp_path):
    paths = [tmp_path / f"{i} ü.raw" for i in range(15)]
    for path, image in zip(paths, IMAGES, strict=True):
        path.write_bytes(image.tobytes())
    return FileImages(
        [os.fsencode(p) for p in paths],
        lambda content: tf.reshape(tf.io.decode_raw(content, tf.uint8), (2, 2, 1)),
        (2, 2, 1),
    )


def streamed(tmp_path):
    images = tf.data.Dataset.from_tensor_slices(IMAGES)
    return StreamedImages(images, tf.identity, 15, (2, 2, 1))


def drawn(inputs, seed, epoch):
    order = inputs.shuffled(seed, tf.constant(epoch, tf.int64))
    return [(int(i), p.tobytes()) for i, p in order.as_numpy_iterator()]


@pytest.mark.parametrize("source", [in_memory, in_files, streamed])
def test_inputs_come_in_the_order_of_seed_and_epoch_wherever_they_are_from(source, tmp_path):
    inputs = source(tmp_path)
    assert (len(inputs), inputs.shape) == (15, (2, 2, 1))
    np.testing.assert_array_equal(list(inputs.in_order().as_numpy_iterator()), IMAGES)
    first = drawn(inputs, 7, 0)
    tf.random.set_seed(5)
    assert drawn(inputs, 7, 0) == first
    assert drawn(inputs, 7, 1) != first
    assert drawn(inputs, 8, 0) != first
    assert sorted(first) == [(i, p.tobytes()) for i, p in enumerate(IMAGES)]


@pytest.mark.parametrize("source", [in_memory, in_files, streamed])
@pytest.mark.parametrize("keep", [None, lambda place: place % 3 != 1])
def test_batches_hold_what_comes_one_by_one(source, keep, tmp_path):
    inputs, epoch = source(tmp_path), tf.constant(2, tf.int64)
    one_by_one = list(inputs.in_order(keep).as_numpy_iterator())
    batches = list(inputs.batches_in_order(4, keep).as_numpy_iterator())
    assert [len(x) for x in batches] == ([4, 4, 4, 3] if keep is None else [4, 4, 2])
    np.testing.assert_array_equal(np.concatenate(batches), one_by_one)
    numbers, mixed = zip(*inputs.shuffled(7, epoch, keep).as_numpy_iterator(), strict=True)
    batches = list(inputs.shuffled_batches(4, 7, epoch, keep).as_numpy_iterator())
    np.testing.assert_array_equal(np.concatenate([i for i, _ in batches]), numbers)
    np.testing.assert_array_equal(np.concatenate([x for _, x in batches]), mixed)


@pytest.mark.parametrize("source", [in_memory, in_files, streamed])
def test_a_subset_is_numbered_anew(source, tmp_path):
    part = source(tmp_path).subset(np.array([1, 4, 14]))
    assert (len(part), part.shape) == (3, (2, 2, 1))
    np.testing.assert_array_equal(list(part.in_order().as_numpy_iterator()), IMAGES[[1, 4, 14]])
    assert sorted(drawn(part, 0, 0)) == [(i, IMAGES[j].tobytes()) for i, j in enumerate((1, 4, 14))]
    again = part.subset(np.array([0, 2]))
    np.testing.assert_array_equal(list(again.in_order().as_numpy_iterator()), IMAGES[[1, 14]])


def test_a_subset_of_a_stream_decodes_nothing_else():
    def decode(number):
        tf.debugging.assert_equal(number % 2, tf.constant(0, tf.int64))
        return tf.reshape(number, (1, 1, 1))

    stream = StreamedImages(tf.data.Dataset.range(10), decode, 10, (1, 1, 1))
    even = stream.subset(np.arange(0, 10, 2))
    assert [int(tf.squeeze(x)) for x in even.in_order()] == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.zeros(3), r"shape \(n, features\) or .* received \(3,\)"),
        (np.zeros((0, 8, 8, 1)), "received"),
        (np.array([["a"]]), "must be numbers, received an array of <U1"),
        (
            np.array([0.0, np.nan, np.inf]).reshape(3, 1, 1, 1),
            "2 of 3 inputs contain NaN or infinity, or more .*; the first is number 1",
        ),
        (
            np.array([[0.0], [1e300]]),
            "1 of 2 inputs contain NaN or infinity, or more .*; the first is number 1",
        ),
    ],
)
def test_wrong_inputs_are_refused(array, match):
    with pytest.raises(InputError, match=match):
        ArrayInputs(array)
