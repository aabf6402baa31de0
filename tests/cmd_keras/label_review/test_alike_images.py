"""Images that show the same, however they were stored."""

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from cmd_keras.label_review import alike_images, image_shades
from cmd_keras.label_review.alike_images import _shares

rng = np.random.default_rng(0)
# Squares of two photographs, with a rim.
SQUARES = np.stack(
    [
        image[i : i + 68, j : j + 68]
        for image in load_sample_images().images
        for i in range(0, 355, 68)
        for j in range(0, 570, 68)
    ]
)
PHOTOS = SQUARES[:, 2:66, 2:66]
COUNT = len(PHOTOS)
LABELS = rng.integers(0, 5, COUNT)
# Not of sky, in which there is nothing to recognise.
CHANGED = np.flatnonzero(np.abs(np.diff(PHOTOS.astype(int), axis=1)).mean(axis=(1, 2, 3)) > 10)[:20]


def stored_anew(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=75)
    return np.asarray(Image.open(file))


def resized(image):
    small = Image.fromarray(image).resize((48, 48), Image.BICUBIC)
    return np.asarray(small.resize((64, 64), Image.BICUBIC))


CHANGES = {
    "copied": lambda image: image,
    "stored anew": stored_anew,
    "brighter": lambda image: np.clip(image.astype(int) + 20, 0, 255),
    "less contrast": lambda image: 128 + (image.astype(int) - 128) // 2,
    "grey": lambda image: np.repeat(image.mean(-1, keepdims=True), 3, -1),
    "mirrored": lambda image: image[:, ::-1],
    "resized": resized,
}


def changed(change):
    if "shifted" not in change:
        return np.stack([CHANGES[change](image) for image in PHOTOS[CHANGED]])
    # By one pixel of the 32 by 32 that are looked at, or by half of one.
    moved = SQUARES[CHANGED, 3:67, 1:65] if "half" in change else SQUARES[CHANGED, 4:68, 0:64]
    return moved[:, :, ::-1] if "mirrored" in change else moved


@pytest.mark.parametrize(
    "change", [*CHANGES, "shifted", "half shifted", "mirrored and half shifted"]
)
def test_what_shows_the_same_under_another_label_is_found_and_nothing_else(change):
    again = changed(change)
    images = np.concatenate([PHOTOS, again])
    labels = np.concatenate([LABELS, (LABELS[CHANGED] + 1) % 5])
    found, alike = alike_images(image_shades(images), labels)
    pairs = np.stack([found[CHANGED] == COUNT + np.arange(20), found[COUNT:] == CHANGED])
    # Half a pixel takes away what is finest.
    assert pairs.sum() >= (36 if "half" in change else 40)
    assert np.isin(found[CHANGED], [-1, *range(COUNT, COUNT + 20)]).all()
    assert (np.delete(found[:COUNT], CHANGED) == -1).all()
    assert (alike[COUNT:][pairs[1]] > 0.8).all()
    assert (alike <= 1.0 + 1e-5).all()


def test_under_the_same_label_it_is_not_named():
    images = np.concatenate([PHOTOS, PHOTOS[CHANGED, :, ::-1]])
    found, _ = alike_images(image_shades(images), np.concatenate([LABELS, LABELS[CHANGED]]))
    assert (found == -1).all()


def test_digits_of_a_class_resemble_each_other_and_are_not_the_same():
    digits = load_digits()
    labels = np.where(rng.random(1797) < 0.2, rng.integers(0, 10, 1797), digits.target)
    found, alike = alike_images(image_shades(digits.images[..., None]), labels)
    named = np.flatnonzero(found >= 0)
    assert len(named) < 12
    assert (alike[named] > 0.98).all()
    np.testing.assert_array_equal(digits.target[named], digits.target[found[named]])


def test_shades_are_the_means_of_squares():
    image = rng.normal(size=(2, 64, 32, 3)).astype(np.float32)
    expected = image.mean(-1).reshape(2, 32, 2, 32).mean(2)
    np.testing.assert_allclose(image_shades(image), expected, atol=1e-5)
    small = rng.normal(size=(1, 5, 7, 1)).astype(np.float32)
    np.testing.assert_allclose(image_shades(small), small[..., 0], atol=1e-6)


@pytest.mark.parametrize(("size", "into"), [(48, 32), (33, 32), (224, 32), (5, 5), (3, 2)])
def test_every_pixel_counts_as_much(size, into):
    shares = _shares(size, into)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(shares.sum(axis=0), into / size, rtol=1e-5)
    assert ((shares > 0).sum(axis=1) <= -(-size // into) + 1).all()


@pytest.mark.parametrize("shape", [(1, 8, 8, 3), (2, 1, 1, 1), (3, 40, 2, 1), (4, 9, 9, 1)])
def test_of_few_small_or_empty_images_nothing_is_named(shape):
    count = shape[0]
    found, _ = alike_images(image_shades(np.zeros(shape)), np.arange(count))
    assert found.tolist() == [-1] * count


def test_there_must_be_a_label_for_each():
    with pytest.raises(ValueError, match=r"n labels, received shades of shape \(2, 3, 3\)"):
        alike_images(np.zeros((2, 3, 3)), [0])
    with pytest.raises(ValueError, match=r"received shades of shape \(2, 3\)"):
        alike_images(np.zeros((2, 3)), [0, 1])


def test_images_that_are_no_numbers_are_refused():
    images = np.zeros((3, 4, 4, 1))
    images[2, 1, 1] = np.nan
    with pytest.raises(ValueError, match=r"finite, .* in shades\[2\], and so in 1 of 3 examples"):
        alike_images(image_shades(images), np.arange(3))


@pytest.mark.parametrize("shape", [(5, 8, 8), (8, 8), (2, 8, 8, 1, 1), (2, 8, 8, 0), (2, 0, 8, 1)])
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"images must be \[n, h, w, channels\], received shape"):
        image_shades(np.zeros(shape))
