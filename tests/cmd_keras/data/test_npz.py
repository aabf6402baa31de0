import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data import Augmentation

RNG = np.random.default_rng(0)


@pytest.fixture
def load(tmp_path):
    def save_and_load(options=None, **arrays):
        np.savez(tmp_path / "my data.npz", **arrays)
        return data.load(f"npz:{tmp_path / 'my data.npz'}", **(options or {}))

    return save_and_load


def everything(inputs):
    return np.stack(list(inputs.in_order().as_numpy_iterator()))


def test_four_arrays_are_training_and_test_part(load):
    x, y = RNG.normal(size=(10, 4)), np.arange(10) % 2 + 5
    dataset = load(x_train=x, y_train=y, x_test=x[:3], y_test=y[:3])
    assert (dataset.input_shape, dataset.class_names) == ((4,), ("5", "6"))
    np.testing.assert_array_equal(everything(dataset.train), x.astype(np.float32))
    np.testing.assert_array_equal(everything(dataset.test), x[:3].astype(np.float32))
    np.testing.assert_array_equal(dataset.given_labels, y - 5)
    np.testing.assert_array_equal(dataset.test_labels, y[:3] - 5)


def test_two_arrays_are_divided_always_alike(load):
    x = np.arange(40.0).reshape(20, 2)
    y = np.repeat([0, 1], 10)
    one, two = load(x=x, y=y), load({"seed": 7}, x=x, y=y)
    assert (len(one.train), len(one.test)) == (16, 4)
    np.testing.assert_array_equal(everything(one.test), everything(two.test))
    np.testing.assert_array_equal(np.bincount(one.test_labels), [2, 2])
    numbers = (np.concatenate([everything(one.train), everything(one.test)])[:, 0] / 2).astype(int)
    np.testing.assert_array_equal(y[numbers], np.concatenate([one.given_labels, one.test_labels]))
    assert len(load({"test_split": 0.5}, x=x, y=y).test) == 10


TEXTS = np.array(["wolf", "ä", "dog"] * 4)


@pytest.mark.parametrize(
    ("y", "class_names"),
    [
        (TEXTS, ("dog", "wolf", "ä")),
        (np.char.encode(TEXTS, "utf-8"), ("dog", "wolf", "ä")),
        (np.eye(4)[np.arange(12) % 3], ("0", "1", "2", "3")),
        ((np.arange(12) % 3)[:, None], ("0", "1", "2")),
        (np.array([10.0, 9.0, -2.0] * 4), ("-2", "9", "10")),
        (np.array([True, False, True] * 4), ("0", "1")),
    ],
)
def test_labels_may_be_texts_one_hot_or_any_integers(load, y, class_names):
    dataset = load(x=np.arange(12.0)[:, None], y=y)
    assert dataset.class_names == class_names
    for inputs, labels in (
        (dataset.train, dataset.given_labels),
        (dataset.test, dataset.test_labels),
    ):
        for number, label in zip(everything(inputs)[:, 0].astype(int), labels, strict=True):
            row = y[number]
            if row.ndim and len(row) > 1:
                assert row.argmax() == label
            elif isinstance(row, bytes):
                assert row.decode() == class_names[label]
            elif isinstance(row, str):
                assert row == class_names[label]
            else:
                assert float(np.squeeze(row)) == float(class_names[label])


def test_class_names_name_the_labels_from_0(load):
    x, y = RNG.normal(size=(9, 2)), np.arange(9) % 3
    dataset = load(x=x, y=y, class_names=np.array(["b", "c", "a"]))
    assert dataset.class_names == ("b", "c", "a")
    np.testing.assert_array_equal(
        np.sort(np.concatenate([dataset.given_labels, dataset.test_labels])), np.sort(y)
    )


@pytest.mark.parametrize(
    ("shape", "dtype", "input_shape", "augmentation"),
    [
        ((8, 20, 18, 3), np.uint8, (20, 18, 3), Augmentation(pad=4, flip=True)),
        ((8, 20, 15, 3), np.uint8, (20, 15, 3), Augmentation()),
        ((8, 20, 18, 3), np.float32, (20, 18, 3), Augmentation()),
        ((8, 20, 18), np.uint8, (20, 18, 1), Augmentation()),
        ((8, 5), np.int16, (5,), Augmentation()),
        ((8, 5), bool, (5,), Augmentation()),
    ],
)
def test_only_photographs_are_varied(load, shape, dtype, input_shape, augmentation):
    x = RNG.integers(0, 2, shape).astype(dtype)
    dataset = load(x=x, y=np.arange(8) % 2)
    assert (dataset.input_shape, dataset.augmentation) == (input_shape, augmentation)
    (inputs, _), *_ = dataset.train_batches(3)
    assert inputs.shape == (3, *input_shape)
    assert inputs.dtype == np.float32
