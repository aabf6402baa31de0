import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras import data
from cmd_keras.data import ArrayInputs, Augmentation, StreamedImages
from cmd_keras.data.sources.prepared import builder, on_disk
from cmd_keras.errors import InputError


def write_tfds(folder, name, images, labels, image_feature, split="test", names=("a", "b", "c")):
    """A small set in the on-disk format of tensorflow-datasets."""

    def examples(count):
        return tf.data.Dataset.from_tensor_slices(
            {"image": images[:count], "label": labels[:count]}
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
def images():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (12, 6, 5, 3), np.uint8), np.arange(12) % 3


def test_a_set_of_fixed_size_is_read_from_disk_with_its_labels(tmp_path, images):
    images, labels = images
    write_tfds(tmp_path, "small_set", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    dataset = data.load("small_set", data_dir=str(tmp_path), noise="pair:0.5", seed=0)
    assert isinstance(dataset.train, ArrayInputs)
    np.testing.assert_array_equal(list(dataset.train.in_order().as_numpy_iterator()), images)
    np.testing.assert_array_equal(dataset.clean_labels, labels)
    np.testing.assert_array_equal(dataset.test_labels, labels[:4])
    assert dataset.class_names == ("a", "b", "c")
    assert dataset.augmentation == Augmentation(pad=4, crop=None, flip=True)
    assert on_disk.list_prepared(str(tmp_path)) == ["small_set"]


def test_a_set_of_varying_size_is_streamed_resized_and_cropped(tmp_path, images):
    images, labels = images
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


def test_sets_of_characters_are_not_flipped(tmp_path, images):
    images, labels = images
    write_tfds(tmp_path, "svhn_like", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    assert not data.load("svhn_like", data_dir=str(tmp_path)).augmentation.flip


def test_a_set_with_a_single_class_is_refused(tmp_path, images):
    images, labels = images
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


def test_a_set_without_test_images_is_refused(tmp_path, images):
    images, labels = images
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


@pytest.fixture
def crowd(tmp_path, images):
    """A set as cifar10_n is: several labels for training, -1 in their place for testing."""
    images, labels = images
    worse = (labels + (np.arange(12) < 5)) % 3

    def examples(given):
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
            part: examples(given).map(lambda e: {**e, "kind": tf.constant(0, tf.int64)})
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


def test_a_set_with_clean_labels_beside_the_given_ones_asks_for_no_choice(tmp_path, images):
    images, labels = images
    given = (labels + (np.arange(12) < 5)) % 3
    classes = tfds.features.ClassLabel(num_classes=3)
    examples = tf.data.Dataset.from_tensor_slices(
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
        split_datasets={"train": examples, "test": examples},
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


def test_a_set_to_be_downloaded_by_hand_says_what_and_where_to(tmp_path):
    with pytest.raises(InputError) as caught:
        data.load("cifar10_n", data_dir=str(tmp_path), label_key="worse_label")
    message = str(caught.value)
    assert f"by hand into {tmp_path}/downloads/manual:" in message
    assert "Download 'side_info_cifar10N.csv'" in message
    assert "df.to_csv(f, index=False)" in message


def test_images_of_a_set_of_fixed_size_are_resized_where_asked(tmp_path, images):
    images, labels = images
    write_tfds(tmp_path, "to_resize", images, labels, tfds.features.Image(shape=(6, 5, 3)))
    dataset = data.load("to_resize", data_dir=str(tmp_path), image_size=14)
    assert (dataset.train.shape, dataset.input_shape) == ((16, 16, 3), (14, 14, 3))
    (x, _), *_ = dataset.train_batches(12)
    assert x.shape == (12, 14, 14, 3)


def test_a_validation_share_of_a_stream(tmp_path, images):
    images, labels = images
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
