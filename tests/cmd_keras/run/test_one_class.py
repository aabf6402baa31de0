"""A training part of one class holds nothing to learn."""

import numpy as np
import pytest

from cmd_keras.errors import InputError
from cmd_keras.review import review
from cmd_keras.run import TrainSettings, train


def saved(folder, y_train):
    rng = np.random.default_rng(0)
    arrays = {"x_train": rng.normal(size=(len(y_train), 3)), "y_train": y_train}
    np.savez(folder / "a.npz", x_test=rng.normal(size=(2, 3)), y_test=["cat", "cat"], **arrays)
    return TrainSettings(dataset=f"npz:{folder / 'a.npz'}", epochs=1, noise="none")


def test_it_is_refused_where_a_fold_takes_the_other_one_away(tmp_path):
    settings = saved(tmp_path, ["cat", "dog"])
    with pytest.raises(InputError, match=r"All 1 training labels of .* say '(cat|dog)': there is"):
        review(settings, tmp_path / "out", folds=2)
    assert not (tmp_path / "out").exists()


def test_two_classes_are_trained_with(tmp_path):
    settings = saved(tmp_path, ["cat", "dog", "cat", "dog"])
    assert train(settings, tmp_path / "run")["last"]["test_mean_accuracy"] >= 0.0
