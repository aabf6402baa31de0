import warnings

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data import Augmentation
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice

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
    with pytest.warns(Notice, match="3 of 3 different test examples of .* are copies of training"):
        dataset = load(x_train=x, y_train=y, x_test=x[:3], y_test=y[:3])
    assert (dataset.input_shape, dataset.class_names) == ((4,), ("5", "6"))
    np.testing.assert_array_equal(everything(dataset.train), x.astype(np.float32))
    np.testing.assert_array_equal(everything(dataset.test), x[:3].astype(np.float32))
    np.testing.assert_array_equal(dataset.given_labels, y - 5)
    np.testing.assert_array_equal(dataset.test_labels, y[:3] - 5)


def test_two_arrays_are_divided_always_alike(load):
    x = np.arange(400.0).reshape(200, 2)
    y = np.repeat([0, 1], 100)
    one, two = load(x=x, y=y), load({"seed": 7}, x=x, y=y)
    assert len(one.train) + len(one.test) == 200
    np.testing.assert_array_equal(everything(one.test), everything(two.test))
    # Four standard deviations of what chance gives.
    assert (abs(np.bincount(one.test_labels) - 20) < 16).all()
    numbers = (np.concatenate([everything(one.train), everything(one.test)])[:, 0] / 2).astype(int)
    np.testing.assert_array_equal(y[numbers], np.concatenate([one.given_labels, one.test_labels]))
    assert abs(len(load({"test_split": 0.5}, x=x, y=y).test) - 100) < 29
    # Corrected labels and other examples, before and behind: the same test part, and more.
    more = load(x=np.concatenate([x[:50] + 1000, x, x[:50] - 1000]), y=np.tile([1, 0, 0], 100))
    test, more_test = ({tuple(row) for row in everything(d.test)} for d in (one, more))
    train, more_train = ({tuple(row) for row in everything(d.train)} for d in (one, more))
    assert test < more_test
    assert train < more_train


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


BIG = 2**63


@pytest.mark.parametrize(
    ("values", "class_names"),
    [
        # Neighbours that floating point takes for one number, and those int64 takes for negative.
        (np.array([BIG + 1, 3, BIG], np.uint64), ("3", str(BIG), str(BIG + 1))),
        (np.array([2**64 - 1, 2**64 - 2, 0], np.uint64), ("0", str(2**64 - 2), str(2**64 - 1))),
        (np.array([10**17 + 1, 10**17, 5]), ("5", str(10**17), str(10**17 + 1))),
        (np.array([-(2**63), -(2**63) + 1, 5]), (str(-(2**63)), str(-(2**63) + 1), "5")),
        (np.array(["100000000000000001", "100000000000000000"]), (str(10**17), str(10**17 + 1))),
        # Texts are classes as they are written; numbers only order them.
        (np.array(["1", "01", "007", "10"]), ("01", "1", "007", "10")),
        (np.array([b"1", b"01", b"1.0"]), ("01", "1", "1.0")),
        (np.array(["1e5", "100000"]), ("100000", "1e5")),
        (np.array(["10", "9", "unknown"]), ("10", "9", "unknown")),
        (np.array(["-1", "0", "1"]), ("-1", "0", "1")),
        (np.array(["True", "TRUE", "1"]), ("1", "TRUE", "True")),
        (np.array([2.0, 10.0, -0.0], np.float16), ("0", "2", "10")),
        (np.array([2.0**53 - 1, 2.0**53 - 2]), (str(2**53 - 2), str(2**53 - 1))),
        # Numbers below 0 that are classes.
        (np.array([-1, 1]), ("-1", "1")),
        (np.array([-1.0, 1.0], np.float32), ("-1", "1")),
        (np.array([-2, -1, 0, 1, 2]), ("-2", "-1", "0", "1", "2")),
    ],
)
def test_no_two_labels_become_one(load, values, class_names):
    y = np.repeat(values, 4)
    dataset = load(x=np.arange(float(len(y)))[:, None], y=y)
    assert dataset.class_names == class_names
    written = y if y.dtype.kind in "US" else [str(int(value)) for value in y.tolist()]
    for inputs, labels in (
        (dataset.train, dataset.given_labels),
        (dataset.test, dataset.test_labels),
    ):
        for number, label in zip(everything(inputs)[:, 0].astype(int), labels, strict=True):
            text = written[number]
            assert class_names[label] == (text.decode() if isinstance(text, bytes) else text)


@pytest.mark.parametrize(
    ("y_train", "y_test", "class_names"),
    [
        # NumPy joins int64 and uint64 in float64.
        ([10**17 + 1, 10**17], np.array([10**17, BIG], np.uint64), None),
        ([1, 2, 3], np.array([3.0, 2.0], np.float32), ("1", "2", "3")),
        ([0, 1, 2], np.array([True, False]), ("0", "1", "2")),
        (["ä", "dog"], np.char.encode(["ä", "dog"], "utf-8"), ("dog", "ä")),
        (["a", "b", "long name"], ["b", "a"], ("a", "b", "long name")),
    ],
)
def test_labels_stored_in_different_types_are_numbered_alike(load, y_train, y_test, class_names):
    x = RNG.normal(size=(12, 2))
    y_train, y_test = np.resize(y_train, 12), np.resize(y_test, 6)
    arrays = dict(x_train=x, y_train=y_train, x_test=x[:6], y_test=y_test)
    if class_names is None:
        with pytest.raises(InputError, match=f"holds the class '{BIG}', which y_train does not"):
            load(**arrays)
        arrays["y_train"] = y_train.astype(np.uint64)
        arrays["y_train"][:2] = BIG
        class_names = (str(10**17), str(10**17 + 1), str(BIG))
    dataset = load(**arrays)
    assert dataset.class_names == class_names
    for stored, labels in (
        (arrays["y_train"], dataset.given_labels),
        (y_test, dataset.test_labels),
    ):
        texts = (
            stored
            if stored.dtype.kind == "U"
            else [
                value.decode() if isinstance(value, bytes) else str(int(value))
                for value in stored.tolist()
            ]
        )
        assert [class_names[label] for label in labels] == list(texts)


def test_a_single_test_example_may_be_one_hot(load):
    x, y = RNG.normal(size=(6, 2)), np.eye(3)[[0, 1, 2, 0, 1, 2]]
    dataset = load(x_train=x, y_train=y, x_test=x[:1], y_test=y[1:2])
    np.testing.assert_array_equal(dataset.test_labels, [1])


@pytest.mark.parametrize(
    "shape",
    [
        (8, 3, 3, 8),
        (8, 4, 9, 6),
        (8, 28, 28, 1),
        (8, 3, 32, 3),
        (8, 2, 32, 30),
        (8, 7, 7, 64),
        (8, 1, 28),
    ],
)
def test_images_whose_channels_may_be_last_are_taken_as_they_are(load, shape):
    dataset = load(x=RNG.normal(size=shape), y=np.arange(8) % 2)
    assert dataset.input_shape == (shape[1:] if len(shape) == 4 else (*shape[1:], 1))


def test_what_is_advised_for_images_of_few_rows_is_accepted_and_loses_nothing(load):
    x = RNG.normal(size=(8, 3, 16, 20)).astype(np.float32)
    with pytest.raises(InputError, match=r"save x.transpose\(0, 2, 1, 3\)"):
        load(x=x, y=np.arange(8) % 2)
    for order in ((0, 2, 3, 1), (0, 2, 1, 3)):
        dataset = load(x=x.transpose(order), y=np.arange(8) % 2)
        assert dataset.input_shape == x.transpose(order).shape[1:]


def test_a_class_of_one_image_and_equal_vectors_of_a_class_may_be_trained_on(load):
    x = RNG.integers(0, 256, (9, 4, 4, 1)).astype(np.uint8)
    y = np.array([0] * 4 + [1] * 4 + [2])
    x[8] = 0
    x[5:8] = x[4]
    x[7, 0, 0, 0] ^= 1
    assert load(x=x, y=y).num_classes == 3
    vectors = np.eye(3)[np.arange(12) % 3]
    assert load(x=vectors, y=np.arange(12) % 3).num_classes == 3


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


@pytest.mark.parametrize(
    ("side", "options", "said"),
    [(16, {}, True), (15, {}, False), (16, {"flip": True}, False), (16, {"pad": 0}, False)],
)
def test_that_images_are_taken_for_photographs_is_said_to_who_did_not_say_it(
    load, side, options, said
):
    x = RNG.integers(0, 256, (60, side, side, 3)).astype(np.uint8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(options, x=x, y=np.arange(60) % 2)
    found = [str(one.message) for one in caught if "photographs" in str(one.message)]
    assert len(found) == said
    if said:
        assert "mirrored at random and shifted by up to 4 pixels" in found[0]
        assert "flip=False" in found[0]
        assert "pad=0" in found[0]


@pytest.mark.parametrize("times", [2, 3])
def test_copies_are_not_tested_with_unseen_or_it_is_said(load, times):
    x = np.tile(RNG.normal(size=(60, 3)), (times, 1))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = load(x=x, y=np.tile(np.arange(60) % 3, times))
    train, test = ({tuple(row) for row in everything(p)} for p in (dataset.train, dataset.test))
    said = [str(one.message) for one in caught if "are copies of training" in str(one.message)]
    if times == 2:
        assert (train & test, said) == (set(), [])
    else:
        # What comes that often is no copy by mistake, and may be a row of a few categories.
        assert [text.split(" different")[0] for text in said] == [
            f"{len(train & test)} of {len(test)}"
        ]


def test_predict_refuses_images_on_another_scale_than_those_for_training(load, tmp_path):
    x = RNG.integers(0, 256, (20, 6, 5, 1)).astype(np.uint8)
    dataset = load(x=x, y=np.arange(20) % 2)
    np.savez(tmp_path / "new.npz", x=x / 255)
    with pytest.raises(
        InputError, match=r"Images of x in .*new.npz reach 1, but .* trained on 255"
    ):
        dataset.input_format.read([tmp_path / "new.npz"])
