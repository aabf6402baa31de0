import warnings

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras import data
from cmd_keras.data import ArrayInputs, Augmentation, StreamedImages
from cmd_keras.data.sources import tfds as source
from cmd_keras.data.sources.prepared import builder, on_disk
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


def write_tfds(
    folder, name, images, labels, image_feature, split="test", names=("a", "b", "c"), more=()
):
    """A small set in the on-disk format of tensorflow-datasets."""

    def first(count):
        return tf.data.Dataset.from_tensor_slices(
            {"image": images[:count], "label": labels[:count]}
        )

    tfds.dataset_builders.store_as_tfds_dataset(
        name=name,
        version="1.0.0",
        features=tfds.features.FeaturesDict(
            {"image": image_feature, "label": tfds.features.ClassLabel(names=names)}
        ),
        split_datasets={
            "train": first(len(labels)),
            **{split: first(4) for split in (split, *more)},
        },
        data_dir=str(folder),
        disable_shuffling=True,
    )


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (12, 6, 5, 3), np.uint8), np.arange(12) % 3


def test_a_set_of_fixed_size_is_read_from_disk_with_its_labels(tmp_path, examples):
    images, labels = examples
    write_tfds(tmp_path, "small_set", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    dataset = data.load("small_set", data_dir=str(tmp_path), noise="pair:0.5", seed=0)
    assert isinstance(dataset.train, ArrayInputs)
    np.testing.assert_array_equal(list(dataset.train.in_order().as_numpy_iterator()), images)
    np.testing.assert_array_equal(dataset.clean_labels, labels)
    np.testing.assert_array_equal(dataset.test_labels, labels[:4])
    assert dataset.class_names == ("a", "b", "c")
    assert dataset.augmentation == Augmentation(pad=4, crop=None, flip=True)
    assert on_disk.list_prepared(str(tmp_path)) == ["small_set"]


def test_a_set_of_varying_size_is_streamed_resized_and_cropped(tmp_path, examples):
    images, labels = examples
    write_tfds(
        tmp_path,
        "varying_set",
        images,
        labels,
        tfds.features.Image(shape=(None, None, 3)),
        "validation",
    )
    dataset = data.load("varying_set", data_dir=str(tmp_path))
    assert isinstance(dataset.train, StreamedImages)
    assert dataset.input_shape == (224, 224, 3)
    (x, y), *rest = dataset.train_batches(batch_size=12, epochs=1, seed=0)
    assert x.shape == (12, 224, 224, 3)
    assert not rest
    assert sorted(y.numpy()) == sorted(labels)
    (x, y), *_ = dataset.test_batches()
    assert x.shape == (4, 224, 224, 3)
    np.testing.assert_array_equal(y, labels[:4])


@pytest.mark.parametrize("image_size", [None, 14])
def test_records_are_gone_through_once(tmp_path, examples, image_size, monkeypatch):
    images, labels = examples
    write_tfds(tmp_path, "read_once", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    seen = []

    def opened(*arguments):
        opened = builder.open_builder(*arguments)
        records_of = opened.as_dataset

        def noted(record, split):
            number = tf.numpy_function(lambda: np.int64(seen.append(split) or 0), [], tf.int64)
            return {**record, "label": record["label"] + number}

        opened.as_dataset = lambda split, **options: records_of(split=split, **options).map(
            lambda record: noted(record, split)
        )
        return opened

    monkeypatch.setattr(source, "open_builder", opened)
    dataset = data.load("read_once", data_dir=str(tmp_path), image_size=image_size)
    assert sorted(seen) == ["test"] * 4 + ["train"] * 12
    np.testing.assert_array_equal(dataset.given_labels, labels)


@pytest.mark.parametrize("name", ["svhn_like", "cmaterdb_like"])
def test_sets_of_characters_are_not_flipped(tmp_path, examples, name):
    images, labels = examples
    write_tfds(tmp_path, name, images, labels, tfds.features.Image(shape=(6, 5, 3)))
    assert not data.load(name, data_dir=str(tmp_path)).augmentation.flip


def test_a_validation_split_beside_a_test_split_is_said_to_be_left_out(tmp_path, examples):
    images, labels = examples
    feature = tfds.features.Image(shape=(6, 5, 3))
    write_tfds(tmp_path, "three_splits", images, labels, feature, more=("validation",))
    with pytest.warns(Notice, match=r"'validation' of 'three_splits' \(4 examples\) is left out"):
        dataset = data.load("three_splits", data_dir=str(tmp_path))
    assert (len(dataset.train), len(dataset.test), dataset.validation) == (12, 4, None)
    write_tfds(tmp_path, "two_splits", images, labels, feature, "validation")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        data.load("two_splits", data_dir=str(tmp_path))


def test_a_set_with_a_single_class_is_refused(tmp_path, examples):
    images, labels = examples
    write_tfds(
        tmp_path,
        "one_class",
        images,
        labels * 0,
        tfds.features.Image(shape=(6, 5, 3)),
        names=("a",),
    )
    with pytest.raises(InputError, match="1 class; at least 2"):
        data.load("one_class", data_dir=str(tmp_path))


def test_a_set_without_test_images_is_refused(tmp_path, examples):
    images, labels = examples
    write_tfds(
        tmp_path, "no_test", images, labels, tfds.features.Image(shape=(6, 5, 3)), split="extra"
    )
    with pytest.raises(InputError, match="'test' or 'validation' split are needed"):
        data.load("no_test", data_dir=str(tmp_path))


def test_a_set_that_is_not_of_classified_images_is_refused(tmp_path):
    with pytest.raises(InputError, match="not one of classified images"):
        data.load("imdb_reviews", data_dir=str(tmp_path))


def test_an_unknown_set_names_its_neighbours(tmp_path):
    with pytest.raises(InputError, match=r"Unknown data set 'cifar1o'\. Did you mean 'cifar10'"):
        data.load("cifar1o", data_dir=str(tmp_path))


def test_a_set_that_cannot_be_downloaded_says_where_it_was_sought(tmp_path, monkeypatch):
    def no_network(*_):
        raise OSError("Name or service not known")

    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr("socket.getaddrinfo", no_network)
    with pytest.raises(InputError) as caught:
        data.load("cifar100", data_dir=str(tmp_path))
    message = str(caught.value)
    assert f"Sought in: {tmp_path}/cifar100" in message
    assert "Name or service not known" in message
    assert "tfds build cifar100" in message
    assert "name the folder above it in data_dir" in message


def test_a_set_to_be_downloaded_by_hand_says_what_and_where_to(tmp_path):
    with pytest.raises(InputError) as caught:
        data.load("cifar10_n", data_dir=str(tmp_path), label_key="worse_label")
    message = str(caught.value)
    assert f"by hand into {tmp_path}/downloads/manual:" in message
    assert "Download 'side_info_cifar10N.csv'" in message
    assert "df.to_csv(f, index=False)" in message


def test_images_of_a_set_of_fixed_size_are_resized_where_asked(tmp_path, examples):
    images, labels = examples
    write_tfds(tmp_path, "to_resize", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    dataset = data.load("to_resize", data_dir=str(tmp_path), image_size=14)
    assert (dataset.train.shape, dataset.input_shape) == ((16, 16, 3), (14, 14, 3))
    (x, _), *_ = dataset.train_batches(12)
    assert x.shape == (12, 14, 14, 3)


def test_a_validation_share_of_a_stream(tmp_path, examples):
    images, labels = examples
    write_tfds(tmp_path, "to_divide", images, labels, tfds.features.Image(shape=(None, None, 3)))
    whole = data.load("to_divide", data_dir=str(tmp_path), image_size=14)
    part = data.load("to_divide", data_dir=str(tmp_path), image_size=14, validation_split=0.25)
    assert isinstance(part.validation, StreamedImages)
    everything = np.concatenate(list(whole.plain_train_batches().as_numpy_iterator()))
    kept = np.concatenate(list(part.plain_train_batches().as_numpy_iterator()))
    np.testing.assert_array_equal(kept, everything[part.train_index])
    held = np.setdiff1d(np.arange(12), part.train_index)
    ((x, y),) = part.validation_batches()
    np.testing.assert_array_equal(x, everything[held])
    np.testing.assert_array_equal(y, labels[held])
    both = list(part.train_batches(9, epochs=2).as_numpy_iterator())
    (second,) = part.train_batches(9, epochs=2, initial_epoch=1).as_numpy_iterator()
    np.testing.assert_array_equal(both[1][0], second[0])
    np.testing.assert_array_equal(both[1][1], second[1])
