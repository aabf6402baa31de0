import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from cmd_keras import data
from cmd_keras.data import ArrayInputs, Augmentation, Noise
from cmd_keras.data.digests import digests
from cmd_keras.errors import InputError

DIGITS = data.load("digits", noise="sym:0.4", seed=1)


@pytest.fixture(autouse=True)
def _global_seed():
    """A run seeds everything; the images must not depend on it, nor stumble over it."""
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


def test_an_epoch_shows_every_image_once_with_its_given_label():
    epoch = batches(DIGITS, batch_size=100, epochs=1, seed=0)
    assert [len(x) for x, _ in epoch] == [100] * 12 + [97]
    assert len(epoch) == DIGITS.steps_per_epoch(100)
    images = np.concatenate([x for x, _ in epoch]).astype(np.uint8)
    labels = np.concatenate([y for _, y in epoch])
    seen = sorted(zip((p.tobytes() for p in images), labels, strict=True))
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
    assert len(np.unique(varied.reshape(40, -1), axis=0)) > 20, "162 images are possible"
    padded = np.pad(image.numpy(), ((4, 4), (4, 4), (0, 0)))
    windows = {padded[i : i + 32, j : j + 32].tobytes() for i in range(9) for j in range(9)}
    mirrored = 0
    for image in varied.astype(np.int32):
        plain, flipped = image.tobytes(), np.ascontiguousarray(image[:, ::-1]).tobytes()
        assert (plain in windows) != (flipped in windows)
        mirrored += flipped in windows
    assert 8 <= mirrored <= 32


def test_input_statistics_are_those_of_the_training_images():
    mean, variance = DIGITS.input_statistics()
    pixels = np.stack(list(DIGITS.train.in_order().as_numpy_iterator())).astype(float)
    np.testing.assert_allclose([mean[0], variance[0]], [pixels.mean(), pixels.var()], rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"class_names": ("only",)}, "1 class; at least 2"),
        ({"class_names": ("a", "b")}, "2 classes, but training labels from 0 to 9"),
        ({"given_labels": np.zeros(3, int)}, "1297 training inputs but 3 labels"),
        ({"test_labels": np.full(500, 12)}, "test labels from 12 to 12"),
    ],
)
def test_inconsistent_sets_are_refused(change, match):
    with pytest.raises(InputError, match=match):
        dataclasses.replace(DIGITS, **change)


def test_few_test_examples_are_the_same_in_every_run_and_among_more():
    few, more = (data.load("digits", test_examples=count, seed=count) for count in (40, 90))
    assert (len(few.train), len(few.test), len(more.test)) == (1297, 40, 90)
    assert set(few.test_index) < set(more.test_index) < set(range(500))
    images = np.stack([i.numpy() for i in DIGITS.test.in_order()])
    kept = np.stack([i.numpy() for i in few.test.in_order()])
    np.testing.assert_array_equal(kept, images[few.test_index])
    np.testing.assert_array_equal(few.test_labels, DIGITS.test_labels[few.test_index])
    assert few.test_keys == tuple(DIGITS.test_keys[i] for i in few.test_index)


def test_few_training_examples_are_the_same_in_every_run_and_among_more():
    few, more = (data.load("digits", train_examples=count, noise="sym:0.4") for count in (150, 400))
    assert (len(few.train), len(more.train), len(few.test)) == (150, 400, 500)
    assert set(few.train_index) < set(more.train_index) < set(range(1297))
    assert (np.diff(few.train_index) > 0).all()
    images = np.stack([i.numpy() for i in DIGITS.train.in_order()])
    kept = np.stack([i.numpy() for i in few.train.in_order()])
    np.testing.assert_array_equal(kept, images[few.train_index])
    np.testing.assert_array_equal(few.clean_labels, DIGITS.clean_labels[few.train_index])
    # Noise is of those that are kept, and a seed does not choose others.
    assert abs((few.given_labels != few.clean_labels).mean() - 0.4) < 0.12
    other = data.load("digits", train_examples=150, noise="sym:0.4", seed=5)
    np.testing.assert_array_equal(other.train_index, few.train_index)
    assert digests(data.load("digits", train_examples=1297)) == digests(data.load("digits"))
    assert digests(few) != digests(more)


def test_instance_noise_is_of_the_standardised_training_inputs():
    noisy = data.load("digits", noise="inst:0.4", seed=1, validation_split=0.1)
    whole = data.load("digits", noise="inst:0.4", seed=1)
    np.testing.assert_array_equal(noisy.given_labels, whole.given_labels[noisy.train_index])
    x = np.stack([image.numpy() for image in DIGITS.train.in_order()]).astype(np.float32)
    x = (x - x.mean()) / x.std()
    expected = Noise("inst", 0.4).corrupt(DIGITS.clean_labels, 10, 1, [x])
    assert (whole.given_labels == expected).mean() > 0.995, "but for rounding"
    assert 0.35 < (whole.given_labels != whole.clean_labels).mean() < 0.45


def test_images_are_shifted_as_far_as_asked():
    assert DIGITS.augmentation == Augmentation()
    shifted = data.load("digits", pad=1)
    assert shifted.augmentation == Augmentation(pad=1)
    assert shifted.input_shape == DIGITS.input_shape


HELD_OUT = data.load("digits", noise="sym:0.4", seed=1, validation_split=0.2)


def test_a_validation_share_leaves_gaps_in_the_numbers_of_the_training_examples():
    assert (len(HELD_OUT.train), len(HELD_OUT.test)) == (1297 - len(HELD_OUT.validation), 500)
    # Three standard deviations of what chance gives.
    assert abs(len(HELD_OUT.validation) - 259) < 44
    kept = HELD_OUT.train_index
    assert kept.dtype == np.int64
    assert (np.diff(kept) > 0).all()
    held = np.setdiff1d(np.arange(1297), kept)
    everything = np.stack(list(DIGITS.train.in_order().as_numpy_iterator()))
    for part, index in ((HELD_OUT.train, kept), (HELD_OUT.validation, held)):
        np.testing.assert_array_equal(list(part.in_order().as_numpy_iterator()), everything[index])
    np.testing.assert_array_equal(HELD_OUT.given_labels, DIGITS.given_labels[kept])
    np.testing.assert_array_equal(HELD_OUT.clean_labels, DIGITS.clean_labels[kept])
    np.testing.assert_array_equal(HELD_OUT.validation_labels, DIGITS.clean_labels[held])


def test_given_validation_labels_are_as_noisy_as_those_for_training():
    noisy = DIGITS.with_validation(0.2, "given", seed=1)
    np.testing.assert_array_equal(noisy.train_index, HELD_OUT.train_index)
    wrong = (noisy.validation_labels != HELD_OUT.validation_labels).mean()
    assert 0.3 < wrong < 0.5


def test_which_examples_are_held_out_depends_on_the_seed_but_not_on_the_noise():
    other = DIGITS.with_validation(0.2, seed=2)
    assert not np.array_equal(other.train_index, HELD_OUT.train_index)
    clean = data.load("digits", seed=1, validation_split=0.2)
    np.testing.assert_array_equal(clean.train_index, HELD_OUT.train_index)


def test_noise_after_a_validation_share_is_refused():
    with pytest.raises(InputError, match="before a validation share"):
        HELD_OUT.with_noise(Noise("sym", 0.4), seed=0)
    with pytest.raises(InputError, match="a validation share already"):
        HELD_OUT.with_validation(0.1)
    with pytest.raises(InputError, match=r"no validation share\. Hold one out"):
        DIGITS.validation_batches()


def test_a_set_with_a_validation_share_is_as_repeatable_as_a_whole_one():
    both = batches(HELD_OUT, batch_size=100, epochs=2, seed=3)
    tf.random.set_seed(99)
    second = batches(HELD_OUT, batch_size=100, epochs=2, seed=3, initial_epoch=1)
    assert len(both) == 2 * HELD_OUT.steps_per_epoch(100) == 22
    for (x, y), (x2, y2) in zip(both[11:], second, strict=True):
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)
    assert sorted(np.concatenate([y for _, y in second])) == sorted(HELD_OUT.given_labels)


def test_batches_tell_how_many_there_are():
    assert int(HELD_OUT.train_batches(100, epochs=5, initial_epoch=2).cardinality()) == 33
    assert int(HELD_OUT.validation_batches(100).cardinality()) == 3
    assert int(HELD_OUT.test_batches(100).cardinality()) == 5
    assert int(HELD_OUT.plain_train_batches(100).cardinality()) == 11
    assert len(list(HELD_OUT.validation_batches(100))) == 3


def test_fit_sees_each_epoch_once_and_in_turn():
    seen = []

    class Watching(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(10)

        def call(self, x):
            return self.dense(keras.ops.reshape(x, (-1, 64)))

        def train_step(self, batch):
            seen.append(batch[0].numpy())
            return super().train_step(batch)

    model = Watching()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, run_eagerly=True)
    history = model.fit(
        HELD_OUT.train_batches(200, epochs=3),
        epochs=3,
        steps_per_epoch=HELD_OUT.steps_per_epoch(200),
        validation_data=HELD_OUT.validation_batches(),
        verbose=0,
        shuffle=False,
    )
    assert len(history.history["val_loss"]) == 3
    expected = [x for x, _ in batches(HELD_OUT, batch_size=200, epochs=3, seed=0)]
    assert len(seen) == len(expected) == 18
    for x, x2 in zip(seen, expected, strict=True):
        np.testing.assert_array_equal(x, x2)


def test_plain_batches_of_some_examples_come_in_ascending_order_once():
    everything = np.concatenate(list(DIGITS.plain_train_batches().as_numpy_iterator()))
    some = DIGITS.plain_train_batches(2, indices=[7, 3, 1200, 3])
    assert [len(x) for x in some] == [2, 1]
    np.testing.assert_array_equal(np.concatenate(list(some)), everything[[3, 7, 1200]])
    assert list(DIGITS.plain_train_batches(indices=np.array([], int))) == []
    with pytest.raises(InputError, match=r"0 … 1296, received 5 to 1297"):
        DIGITS.plain_train_batches(indices=[5, 1297])


def test_vectors_are_left_alone_and_have_statistics():
    x = np.random.default_rng(0).normal(3.0, 2.0, (50, 4))
    labels = np.arange(50) % 2
    vectors = data.Dataset(
        name="vectors",
        class_names=("a", "b"),
        train=ArrayInputs(x),
        test=ArrayInputs(x[:6]),
        given_labels=labels,
        clean_labels=labels,
        test_labels=labels[:6],
        augmentation=Augmentation(pad=4, flip=True),
    )
    assert vectors.input_shape == (4,)
    mean, variance = vectors.input_statistics()
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(variance, x.var(axis=0), rtol=1e-5)
    drawn = np.concatenate([x for x, _ in batches(vectors, batch_size=8, epochs=1, seed=0)])
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(np.sort(drawn, axis=0), np.sort(x.astype(np.float32), axis=0))
