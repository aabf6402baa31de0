import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from sklearn.datasets import load_digits

from cmd_keras import data
from cmd_keras.data import ArrayImages, Augmentation, StreamedImages, tfds_images
from cmd_keras.errors import InputError

DIGITS = data.load("digits", noise="sym:0.4", seed=1)


@pytest.fixture(autouse=True)
def _global_seed():
    """A run seeds everything; the pictures must not depend on it, nor stumble over it."""
    keras.utils.set_random_seed(0)


def batches(dataset, **kwargs):
    return [(x.numpy(), y.numpy()) for x, y in dataset.train_batches(**kwargs)]


def test_digits_are_the_1797_real_ones_divided_once():
    assert (len(DIGITS.train), len(DIGITS.test), DIGITS.num_classes) == (1297, 500, 10)
    together = [i.numpy() for split in (DIGITS.train, DIGITS.test) for i in split.in_order()]
    expected = load_digits().images.astype(np.uint8)
    assert sorted(i.tobytes() for i in together) == sorted(i.tobytes() for i in expected)
    counts = np.bincount(DIGITS.test_labels)
    assert counts.min() >= 48, "the split is stratified"
    assert not DIGITS.augmentation.flip, "a mirrored digit is no digit"


def test_noise_reaches_training_labels_only():
    clean = data.load("digits")
    np.testing.assert_array_equal(DIGITS.clean_labels, clean.given_labels)
    np.testing.assert_array_equal(DIGITS.test_labels, clean.test_labels)
    assert 0.35 < (DIGITS.given_labels != DIGITS.clean_labels).mean() < 0.45


def test_an_epoch_shows_every_picture_once_with_its_given_label():
    epoch = batches(DIGITS, batch_size=100, epochs=1, seed=0)
    assert [len(x) for x, _ in epoch] == [100] * 12 + [97]
    assert len(epoch) == DIGITS.steps_per_epoch(100)
    pictures = np.concatenate([x for x, _ in epoch]).astype(np.uint8)
    labels = np.concatenate([y for _, y in epoch])
    seen = sorted(zip((p.tobytes() for p in pictures), labels, strict=True))
    stored = (i.numpy().tobytes() for i in DIGITS.train.in_order())
    assert seen == sorted(zip(stored, DIGITS.given_labels, strict=True))


def test_order_depends_on_seed_and_epoch_and_on_nothing_else():
    both = batches(DIGITS, batch_size=100, epochs=2, seed=0)
    second = batches(DIGITS, batch_size=100, epochs=2, seed=0, initial_epoch=1)
    for (x, y), (x2, y2) in zip(both[13:], second, strict=True):
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)
    assert (both[0][0] != both[13][0]).any()
    assert (both[0][0] != batches(DIGITS, batch_size=100, epochs=1, seed=1)[0][0]).any()


def test_augmentation_pads_crops_and_flips_by_its_key_alone():
    image = tf.reshape(tf.range(1, 32 * 32 * 3 + 1), (32, 32, 3))
    augmentation = Augmentation(pad=4, flip=True)
    varied = np.stack([augmentation.vary(image, tf.constant([0, i], tf.int64)) for i in range(40)])
    again = np.stack([augmentation.vary(image, tf.constant([0, i], tf.int64)) for i in range(40)])
    np.testing.assert_array_equal(varied, again)
    assert varied.shape == (40, 32, 32, 3)
    assert varied.dtype == np.float32
    assert len(np.unique(varied.reshape(40, -1), axis=0)) > 20, "162 pictures are possible"
    padded = np.pad(image.numpy(), ((4, 4), (4, 4), (0, 0)))
    windows = {padded[i : i + 32, j : j + 32].tobytes() for i in range(9) for j in range(9)}
    mirrored = 0
    for picture in varied.astype(np.int32):
        plain, flipped = picture.tobytes(), np.ascontiguousarray(picture[:, ::-1]).tobytes()
        assert (plain in windows) != (flipped in windows)
        mirrored += flipped in windows
    assert 8 <= mirrored <= 32


def test_streamed_pictures_behave_like_those_in_memory():
    pictures = np.arange(60, dtype=np.uint8).reshape(15, 2, 2, 1)
    stream = StreamedImages(
        tf.data.Dataset.from_tensor_slices(pictures), tf.identity, 15, (2, 2, 1)
    )
    np.testing.assert_array_equal(list(stream.in_order().as_numpy_iterator()), pictures)
    first, again, second = (
        [
            (int(i), p.tobytes())
            for i, p in stream.shuffled(7, tf.constant(e, tf.int64)).as_numpy_iterator()
        ]
        for e in (0, 0, 1)
    )
    assert first == again
    assert first != second
    assert sorted(first) == [(i, p.tobytes()) for i, p in enumerate(pictures)]


def test_pixel_statistics_are_those_of_the_training_pictures():
    mean, variance = DIGITS.pixel_statistics()
    pixels = np.stack(list(DIGITS.train.in_order().as_numpy_iterator())).astype(float)
    np.testing.assert_allclose([mean[0], variance[0]], [pixels.mean(), pixels.var()], rtol=1e-9)


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.zeros((3, 8, 8)), r"shape \(n, height, width, channels\), received \(3, 8, 8\)"),
        (np.zeros((0, 8, 8, 1)), "received"),
        (
            np.array([0.0, np.nan, np.inf]).reshape(3, 1, 1, 1),
            "2 of 3 images contain NaN or infinity, the first is image 1",
        ),
    ],
)
def test_wrong_pictures_are_refused(array, match):
    with pytest.raises(InputError, match=match):
        ArrayImages(array)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"class_names": ("only",)}, "1 class; at least 2"),
        ({"class_names": ("a", "b")}, "2 classes, but training labels from 0 to 9"),
        ({"given_labels": np.zeros(3, int)}, "1297 training images but 3 labels"),
        ({"test_labels": np.full(500, 12)}, "test labels from 12 to 12"),
    ],
)
def test_inconsistent_sets_are_refused(change, match):
    with pytest.raises(InputError, match=match):
        dataclasses.replace(DIGITS, **change)


def write_tfds(folder, name, pictures, labels, image_feature, split="test", names=("a", "b", "c")):
    """A small set in the on-disk format of tensorflow-datasets."""

    def examples(count):
        return tf.data.Dataset.from_tensor_slices(
            {"image": pictures[:count], "label": labels[:count]}
        )

    tfds.dataset_builders.store_as_tfds_dataset(
        name=name,
        version="1.0.0",
        features=tfds.features.FeaturesDict(
            {"image": image_feature, "label": tfds.features.ClassLabel(names=names)}
        ),
        split_datasets={"train": examples(len(labels)), split: examples(4)},
        data_dir=str(folder),
        disable_shuffling=True,
    )


@pytest.fixture
def pictures():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (12, 6, 5, 3), np.uint8), np.arange(12) % 3


def test_a_set_of_fixed_size_is_read_from_disk_with_its_labels(tmp_path, pictures):
    images, labels = pictures
    write_tfds(tmp_path, "small_set", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    dataset = data.load("small_set", str(tmp_path), noise="pair:0.5", seed=0)
    assert isinstance(dataset.train, ArrayImages)
    np.testing.assert_array_equal(list(dataset.train.in_order().as_numpy_iterator()), images)
    np.testing.assert_array_equal(dataset.clean_labels, labels)
    np.testing.assert_array_equal(dataset.test_labels, labels[:4])
    assert dataset.class_names == ("a", "b", "c")
    assert dataset.augmentation == Augmentation(pad=4, crop=None, flip=True)
    assert tfds_images.on_disk(str(tmp_path)) == ["small_set"]


def test_a_set_of_varying_size_is_streamed_resized_and_cropped(tmp_path, pictures):
    images, labels = pictures
    write_tfds(
        tmp_path,
        "varying_set",
        images,
        labels,
        tfds.features.Image(shape=(None, None, 3)),
        "validation",
    )
    dataset = data.load("varying_set", str(tmp_path))
    assert isinstance(dataset.train, StreamedImages)
    assert dataset.image_shape == (224, 224, 3)
    (x, y), *rest = dataset.train_batches(batch_size=12, epochs=1, seed=0)
    assert x.shape == (12, 224, 224, 3)
    assert not rest
    assert sorted(y.numpy()) == sorted(labels)
    (x, y), *_ = dataset.test_batches()
    assert x.shape == (4, 224, 224, 3)
    np.testing.assert_array_equal(y, labels[:4])


def test_sets_of_characters_are_not_flipped(tmp_path, pictures):
    images, labels = pictures
    write_tfds(tmp_path, "svhn_like", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    assert not data.load("svhn_like", str(tmp_path)).augmentation.flip


def test_a_set_with_a_single_class_is_refused(tmp_path, pictures):
    images, labels = pictures
    write_tfds(
        tmp_path,
        "one_class",
        images,
        labels * 0,
        tfds.features.Image(shape=(6, 5, 3)),
        names=("a",),
    )
    with pytest.raises(InputError, match="1 class; at least 2"):
        data.load("one_class", str(tmp_path))


def test_a_set_without_test_pictures_is_refused(tmp_path, pictures):
    images, labels = pictures
    write_tfds(
        tmp_path, "no_test", images, labels, tfds.features.Image(shape=(6, 5, 3)), split="extra"
    )
    with pytest.raises(InputError, match="'test' or 'validation' split are needed"):
        data.load("no_test", str(tmp_path))


def test_a_set_that_is_not_of_classified_images_is_refused(tmp_path):
    with pytest.raises(InputError, match="not one of classified images"):
        data.load("imdb_reviews", str(tmp_path))


def test_an_unknown_set_names_its_neighbours(tmp_path):
    with pytest.raises(InputError, match=r"Unknown data set 'cifar1o'\. Did you mean cifar10"):
        data.load("cifar1o", str(tmp_path))


def test_a_set_that_cannot_be_downloaded_says_where_it_was_sought(tmp_path, monkeypatch):
    def no_network(*_):
        raise OSError("Name or service not known")

    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr("socket.getaddrinfo", no_network)
    with pytest.raises(InputError) as caught:
        data.load("cifar100", str(tmp_path))
    message = str(caught.value)
    assert f"Sought in: {tmp_path}/cifar100" in message
    assert "Name or service not known" in message
    assert "tfds build cifar100" in message
    assert "--data-dir" in message
