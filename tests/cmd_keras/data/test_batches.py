import itertools

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from cmd_keras import data
from cmd_keras.data import ArrayInputs, Augmentation
from cmd_keras.data.batches import shuffle_batches
from cmd_keras.data.input_format import ImageFormat


@pytest.mark.parametrize(
    ("augmentation", "shape", "varies"),
    [
        (Augmentation(), (6, 6, 3), False),
        (Augmentation(crop=6), (6, 6, 3), False),
        (Augmentation(pad=1, flip=True), (7,), False),
        (Augmentation(pad=1), (6, 6, 3), True),
        (Augmentation(flip=True), (6, 6, 3), True),
        (Augmentation(crop=4), (6, 6, 3), True),
    ],
)
def test_images_that_are_varied_are_handed_out_one_by_one(augmentation, shape, varies):
    assert augmentation.varies(shape) == varies
    x = np.random.default_rng(0).integers(0, 255, (9, *shape), np.uint8)
    inputs, labels = ArrayInputs(x), np.arange(9)
    batches = shuffle_batches(inputs, labels, augmentation, 4, range(2), 3)
    for epoch in range(2):
        for drawn, numbers in itertools.islice(batches, 3 * epoch, 3 * epoch + 3):
            for image, number in zip(drawn.numpy(), numbers.numpy(), strict=True):
                key = tf.constant([3, epoch * 9 + number], tf.int64)
                own = augmentation.vary(tf.constant(x[number]), key)
                np.testing.assert_array_equal(image, own)


@pytest.mark.parametrize("pad", [0, 1])
def test_no_iterator_waits_for_a_thread_that_tunes_it(pad):
    digits = data.load("digits", noise="sym:0.4", validation_split=0.1, pad=pad)
    for batches in (
        digits.train_batches(100, epochs=2, seed=0),
        digits.plain_train_batches(),
        digits.validation_batches(),
        digits.test_batches(),
    ):
        assert not batches.options().autotune.enabled


def test_neither_does_that_of_files_to_predict(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    _, batches = ImageFormat((8, 8, 1), None, 8).read([tmp_path / "a.png"])
    assert not batches.options().autotune.enabled
