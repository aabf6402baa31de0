"""Which labels of a prepared set are learned from."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras import data
from cmd_keras.data.sources.prepared import builder
from cmd_keras.errors import InputError


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (12, 6, 5, 3), np.uint8), np.arange(12) % 3


@pytest.fixture
def crowd(tmp_path, examples):
    """A set as cifar10_n is: several labels for training, -1 in their place for testing."""
    images, labels = examples
    worse = (labels + (np.arange(12) < 5)) % 3

    def first(given):
        return tf.data.Dataset.from_tensor_slices(
            {"image": images[: len(given)], "label": labels[: len(given)], "worse_label": given}
        )

    # Not the same names: cifar10_n names the classes of its true labels only.
    true = tfds.features.ClassLabel(names=("cat", "dog", "fox"))
    tfds.dataset_builders.store_as_tfds_dataset(
        name="crowd_set",
        version="1.0.0",
        features=tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=(6, 5, 3)),
                "worse_label": tfds.features.ClassLabel(num_classes=3),
                "label": true,
                "kind": tfds.features.ClassLabel(num_classes=2),
            }
        ),
        split_datasets={
            part: first(given).map(lambda e: {**e, "kind": tf.constant(0, tf.int64)})
            for part, given in (("train", worse), ("test", np.full(4, -1)))
        },
        data_dir=str(tmp_path),
        disable_shuffling=True,
    )
    return str(tmp_path), labels, worse


def test_given_labels_may_be_another_feature_than_the_clean_ones(crowd):
    folder, labels, worse = crowd
    dataset = data.load("crowd_set", data_dir=folder, label_key="worse_label")
    np.testing.assert_array_equal(dataset.given_labels, worse)
    np.testing.assert_array_equal(dataset.clean_labels, labels)
    np.testing.assert_array_equal(dataset.test_labels, labels[:4])
    assert dataset.class_names == ("cat", "dog", "fox")
    plain = data.load("crowd_set", data_dir=folder, label_key="label")
    np.testing.assert_array_equal(plain.given_labels, labels)
    np.testing.assert_array_equal(plain.clean_labels, labels)


def test_of_several_labels_none_is_taken_unasked(crowd):
    with pytest.raises(InputError) as caught:
        data.load("crowd_set", data_dir=crowd[0])
    # kind has other classes: it cannot be learned in the place of label.
    assert "label_key those to learn from: worse_label; or label, those" in str(caught.value)
    assert "count as clean" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "noisy"),
    [
        (
            "cifar10_n",
            "aggre_label, random_label1, random_label2, random_label3, worse_label",
        ),
        ("cifar100_n", "noise_label"),
    ],
)
def test_peoples_labels_are_named_before_anything_is_downloaded(tmp_path, name, noisy):
    with pytest.raises(
        InputError, match=f"label_key those to learn from: {noisy}; or label, those"
    ):
        data.load(name, data_dir=str(tmp_path))


@pytest.mark.parametrize("name", ["cifar100", "mnist", "smallnorb", "oxford_iiit_pet"])
def test_labels_of_other_classes_ask_for_no_choice(tmp_path, name, monkeypatch):
    def no_network():
        raise OSError("no network")

    monkeypatch.setattr(builder, "_check_network", no_network)
    with pytest.raises(InputError, match="could not be downloaded"):
        data.load(name, data_dir=str(tmp_path))


def test_a_set_with_clean_labels_beside_the_given_ones_asks_for_no_choice(tmp_path, examples):
    images, labels = examples
    given = (labels + (np.arange(12) < 5)) % 3
    classes = tfds.features.ClassLabel(num_classes=3)
    checked = tf.data.Dataset.from_tensor_slices(
        {"image": images, "label": given, "clean_label": labels}
    )
    tfds.dataset_builders.store_as_tfds_dataset(
        name="checked_set",
        version="1.0.0",
        features=tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=(6, 5, 3)),
                "label": classes,
                "clean_label": classes,
            }
        ),
        split_datasets={"train": checked, "test": checked},
        data_dir=str(tmp_path),
        disable_shuffling=True,
    )
    dataset = data.load("checked_set", data_dir=str(tmp_path))
    np.testing.assert_array_equal(dataset.given_labels, given)
    np.testing.assert_array_equal(dataset.clean_labels, labels)


def test_noise_is_added_to_the_given_labels(crowd):
    folder, labels, worse = crowd
    dataset = data.load("crowd_set", data_dir=folder, label_key="worse_label", noise="pair:0.99")
    np.testing.assert_array_equal(dataset.given_labels, (worse + 1) % 3)
    np.testing.assert_array_equal(dataset.clean_labels, labels)


def test_a_feature_that_is_no_label_of_these_classes_is_refused(crowd):
    with pytest.raises(InputError, match=r"no labels 'worst'. label_key may be kind, label, worse"):
        data.load("crowd_set", data_dir=crowd[0], label_key="worst")
    with pytest.raises(InputError, match=r"kind of data set 'crowd_set' has 2 classes, but label"):
        data.load("crowd_set", data_dir=crowd[0], label_key="kind")
