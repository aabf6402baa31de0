"""Squares that are cut out of images, however elongated these are."""

import numpy as np
import pytest
import tensorflow as tf

from cmd_keras.data.files import resizing


def drawn(height, width, dtype=np.uint8):
    values = np.random.default_rng(0).uniform(0, 255, (height, width, 3))
    return tf.constant(values.astype(dtype))


def whole(image, side):
    """The same by the image at its whole size."""
    height, width = image.shape[:2]
    size = [-(-n * side // min(height, width)) for n in (height, width)]
    values = tf.image.resize(image, size, antialias=True)
    return tf.image.resize_with_crop_or_pad(values, side, side).numpy()


@pytest.mark.parametrize(
    "size", [(60, 90), (90, 61), (40, 320), (30, 700), (701, 30), (5, 123), (124, 5), (1, 50)]
)
@pytest.mark.parametrize("side", [32, 33])
def test_the_centre_is_that_of_the_whole_image(size, side):
    image = drawn(*size, np.float32)
    np.testing.assert_allclose(resizing.cut_square(image, side), whole(image, side), atol=0.05)


@pytest.mark.parametrize("size", [(40, 90), (320, 40), (3, 4)])
def test_images_of_usual_shape_are_to_the_last_bit_what_they_were(size):
    image = drawn(*size)
    found = resizing.cut_square(image, 32)
    assert found.dtype == tf.uint8
    np.testing.assert_array_equal(found, np.round(whole(image, 32)))


def test_a_strip_is_not_resized_beyond_what_is_cut_out(monkeypatch):
    """Its 256 by 5,120,000 pixels would be 16 GB."""
    monkeypatch.setattr(tf.image, "resize", lambda *_, **__: pytest.fail("resized as a whole"))
    for strip in (drawn(2, 40_000), drawn(40_000, 2)):
        found = resizing.cut_square(strip, 256)
        assert (found.shape, found.dtype) == ((256, 256, 3), tf.uint8)
