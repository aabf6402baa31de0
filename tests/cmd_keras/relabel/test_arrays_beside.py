"""Arrays beside inputs and labels lose the examples that are left out."""

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel

from .test_relabel import NAMES, decide, reviewed

X, Y = np.random.default_rng(0).normal(size=(80, 4)), np.array(NAMES)[np.arange(80) % 3]


def copied(tmp_path, **arrays):
    """The arrays of a copy without two training examples, and the numbers of these."""
    np.savez(tmp_path / "own.npz", **arrays)
    dataset = data.load(name := f"npz:{tmp_path / 'own.npz'}")
    path = decide(dataset, tmp_path / "corrections.csv")
    relabel(reviewed(tmp_path, dataset=name), path, tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as new:
        return dict(new), dataset.train_index[[2, 3]]


def test_what_has_a_row_for_each_example_is_cut(tmp_path):
    beside = {"ids": np.arange(80), "is_test": np.ones((80, 2, 2)), "scale": np.ones(4), "by": 3}
    with pytest.warns(Notice) as said:
        new, gone = copied(tmp_path, x=X, y=Y, **beside)
    kept = np.delete(np.arange(80), gone)
    np.testing.assert_array_equal(new["x"], X[kept])
    np.testing.assert_array_equal(new["ids"], kept)
    assert (len(new["y"]), len(new["is_test"])) == (78, 78)
    np.testing.assert_array_equal(new["scale"], beside["scale"])
    assert new["by"] == 3
    words = " ".join(str(notice.message) for notice in said)
    assert "ids, is_test in" in words
    assert "without the 2 examples left out of x" in words
    assert "scale, by in" in words


@pytest.mark.parametrize("train", [40, 50])
def test_parts_of_their_own_are_told_apart(tmp_path, train):
    parts = {"x_train": X[:train], "y_train": Y[:train], "x_test": X[train:], "y_test": Y[train:]}
    ids = {"ids_train": np.arange(train), "test_ids": np.arange(80 - train)}
    new, gone = copied(tmp_path, **parts, **ids)
    np.testing.assert_array_equal(new["ids_train"], np.delete(np.arange(train), gone))
    np.testing.assert_array_equal(new["x_train"], np.delete(X[:train], gone, axis=0))
    for name in ("x_test", "test_ids"):
        np.testing.assert_array_equal(new[name], (parts | ids)[name])


def test_what_may_be_of_either_part_is_not_guessed(tmp_path):
    parts = {"x_train": X[:40], "y_train": Y[:40], "x_test": X[40:], "y_test": Y[40:]}
    with pytest.raises(
        InputError, match=r"ids in .* has 40 rows, as x_train and x_test .* ids_test"
    ):
        copied(tmp_path, **parts, ids=np.arange(40))
    assert not (tmp_path / "new.npz").exists()


def test_names_of_classes_are_no_examples(tmp_path):
    names = np.array([f"class {i}" for i in range(80)])
    x, y = np.repeat(X, 2, axis=0)[:80], np.arange(80) % 4
    new, _ = copied(tmp_path, x=x, y=y, class_names=names)
    np.testing.assert_array_equal(new["class_names"], names)


def test_a_label_is_not_cut_to_the_width_of_others(tmp_path):
    y = np.array(["cat", "porcupine"])[np.arange(80) % 2]
    y_test = np.array(["cat"] * 20)
    np.savez(tmp_path / "own.npz", x_train=X[:60], y_train=y[:60], x_test=X[60:], y_test=y_test)
    (tmp_path / "c.csv").write_text("file,action,label\nx_test[1],relabel,porcupine\n")
    run = reviewed(tmp_path, dataset=f"npz:{tmp_path / 'own.npz'}")
    relabel(run, str(tmp_path / "c.csv"), tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as new:
        assert new["y_test"].tolist() == ["cat", "porcupine", *["cat"] * 18]


@pytest.mark.parametrize("one_hot", [False, True])
def test_a_label_may_be_one_that_no_example_has(tmp_path, one_hot):
    y = np.arange(80) % 2
    names = np.array(["cat", "dog", "gnu"])
    np.savez(tmp_path / "own.npz", x=X, y=np.eye(3)[y] if one_hot else y, class_names=names)
    (tmp_path / "c.csv").write_text("file,action,label\nx[1],relabel,gnu\n")
    run = reviewed(tmp_path, dataset=f"npz:{tmp_path / 'own.npz'}")
    relabel(run, str(tmp_path / "c.csv"), tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as new:
        written = new["y"].argmax(axis=1) if one_hot else new["y"]
    np.testing.assert_array_equal(np.flatnonzero(written == 2), [1])
