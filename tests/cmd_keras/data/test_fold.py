import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras import data
from cmd_keras.data.fold import Fold
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


@given(
    labels=st.lists(st.integers(0, 3), min_size=7, max_size=60),
    count=st.integers(2, 7),
    salt=st.binary(max_size=4),
)
def test_every_example_is_in_one_fold_and_each_class_is_dealt_out(labels, count, salt):
    keys, labels = [salt + b"%d" % i for i in range(len(labels))], np.array(labels)
    held = np.array([fold.holds(keys, labels) for fold in Fold.all(count)])
    assert (held.sum(axis=0) == 1).all()
    for of_class in (held, *(held[:, labels == k] for k in range(4))):
        sizes = of_class.sum(axis=1)
        assert sizes.max() - sizes.min() <= 1


def test_copies_are_held_out_together_whatever_their_labels():
    keys = [b"%d" % (i % 20) for i in range(60)]
    labels = np.random.default_rng(0).integers(0, 3, 60)
    for fold in Fold.all(5):
        held = fold.holds(keys, labels).reshape(3, 20)
        assert (held == held[0]).all()


def _folds_of_copies(dataset, count):
    """The fold of each training example, by what it is."""
    found = {}
    for number, fold in enumerate(Fold.all(5)):
        part = fold.left_out_of(dataset)
        for x in part.held_out.in_order().as_numpy_iterator():
            found.setdefault(x.tobytes(), []).append(number)
    assert sum(map(len, found.values())) == len(dataset.train) == count
    return found


@pytest.mark.parametrize("kind", ["npz", "csv"])
def test_copies_in_arrays_and_tables_are_held_out_together(kind, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(90, 3)).astype(np.float32).round(3)
    # Of 90 rows 30 come three times.
    x, y = np.concatenate([x, x[:30], x[:30]]), rng.integers(0, 3, 150)
    name, options = _written(kind, x, y, tmp_path)
    dataset = data.load(name, **options)
    found = _folds_of_copies(dataset, len(dataset.train))
    several = [numbers for numbers in found.values() if len(numbers) > 1]
    assert len(several) > 20
    assert all(len(set(numbers)) == 1 for numbers in several)
    part = dataset.with_validation(0.2)
    seen = {x.tobytes() for x in part.train.in_order().as_numpy_iterator()}
    assert not seen & {x.tobytes() for x in part.validation.in_order().as_numpy_iterator()}


def test_rows_of_a_few_categories_are_no_copies(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (300, 3)).astype(np.float32)
    name, options = _written("npz", x, rng.integers(0, 2, 300), tmp_path)
    dataset = data.load(name, **options)
    found = _folds_of_copies(dataset, len(dataset.train))
    assert all(set(numbers) == set(range(5)) for numbers in found.values())


def _written(kind, x, y, folder):
    if kind == "npz":
        np.savez(folder / "a.npz", x=x, y=y)
        return f"npz:{folder / 'a.npz'}", {}
    pd.DataFrame(x, columns=list("abc")).assign(y=y).to_csv(folder / "a.csv", index=False)
    return f"csv:{folder / 'a.csv'}", {"target": "y"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2", "Use K/N"),
        ("1/5/2", "Use K/N"),
        ("-1/5", "Use K/N"),
        ("", "Use K/N"),
        ("0/5", "K from 1 to N, received 0/5"),
        ("6/5", "K from 1 to N, received 6/5"),
        ("1/1", "one of 2 to 100 parts"),
        ("1/101", "one of 2 to 100 parts"),
    ],
)
def test_what_is_no_fold_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        Fold.parse(text)


@pytest.mark.parametrize("count", [-1, 0, 1, 101])
def test_so_few_or_many_folds_are_refused(count):
    with pytest.raises(InputError, match="one of 2 to 100 parts"):
        Fold.all(count)


def test_more_folds_than_examples_are_refused():
    with pytest.raises(InputError, match=r"5 folds need .* there are 3"):
        Fold(1, 5).holds([b"a", b"b", b"c", b"a"], np.zeros(4, int))


def test_the_folds_of_a_set_are_the_same_whatever_the_seed_and_keep_its_noise():
    whole = data.load("digits", noise="sym:0.4", seed=3)
    folds = [data.load("digits", noise="sym:0.4", seed=3, fold=f"{k}/4") for k in (1, 2, 3, 4)]
    held = [fold.held_out_index for fold in folds]
    np.testing.assert_array_equal(np.sort(np.concatenate(held)), np.arange(1297))
    images = np.stack([image.numpy() for image in whole.train.in_order()])
    for fold in folds:
        assert not set(fold.held_out_index) & set(fold.train_index)
        np.testing.assert_array_equal(fold.given_labels, whole.given_labels[fold.train_index])
        ((kept,), (out,)) = (
            fold.plain_batches(inputs, 2000).as_numpy_iterator()
            for inputs in (fold.train, fold.held_out)
        )
        np.testing.assert_array_equal(kept, images[fold.train_index])
        np.testing.assert_array_equal(out, images[fold.held_out_index])
    other, same = (data.load("digits", seed=seed, fold="2/4") for seed in (3, 4))
    np.testing.assert_array_equal(other.held_out_index, same.held_out_index)


def test_a_validation_share_is_of_what_the_networks_may_see():
    fold = data.load("digits", fold="1/4", validation_split=0.2)
    assert len(fold.train) + len(fold.validation) + len(fold.held_out) == 1297
    with pytest.raises(InputError, match="Leave a fold out first"):
        Fold(1, 2).left_out_of(fold)


def test_a_class_that_cannot_be_known_is_said(tmp_path):
    x = np.arange(40.0).reshape(20, 2)
    y = np.array(["a"] * 10 + ["b"] * 9 + ["typo"])
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x[:4] + 0.5, y_test=y[8:12])
    dataset = data.load(f"npz:{tmp_path / 'own.npz'}")
    (fold,) = (f for f in Fold.all(3) if f.holds(dataset.train_keys, dataset.given_labels)[-1])
    with pytest.warns(Notice, match="holds all examples of class 'typo', which networks"):
        fold.left_out_of(dataset)
