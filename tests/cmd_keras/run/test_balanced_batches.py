"""Batches of a method that learns nothing where a class is missing."""

import numpy as np
import pandas as pd
import pytest

import cmdcore
from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.run import train
from cmd_keras.run.settings.batch_size import batch_size_for
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.sklearn import CMDClassifier

DMI = {"method": "dmi", "warmup": 0.5, "noise": "sym:0.4", "epochs": 2}


# 1,297 digits are ten batches of 118 and one of 117, where ten of 128 would leave 17. Of batches
# of 40 that are mixed by chance one of seven lacks a class.
@pytest.mark.parametrize("batch_size", [128, 40])
def test_every_batch_of_dmi_teaches_also_the_last_one(batch_size, tmp_path):
    train(TrainSettings(**DMI | {"batch_size": batch_size}), tmp_path / "run")
    history = pd.read_csv(tmp_path / "run/history.csv")
    assert history["regular_a"].tolist()[1] == pytest.approx(1.0)
    assert history["regular_b"].tolist()[1] == pytest.approx(1.0)


def test_only_methods_that_need_it_have_other_batches():
    assert batch_size_for(cmdcore.DMI(), 128, 1297) == 118
    assert batch_size_for(cmdcore.DMI(), 128, 1297, devices=4) == 120
    assert batch_size_for(cmdcore.CMD(), 128, 1297) == 128


def test_batches_that_mostly_lack_a_class_are_noted(tmp_path):
    settings = TrainSettings(**DMI | {"epochs": 1, "batch_size": 10})
    said = r"About (\d+)% of the batches of 10 examples lack a class"
    with pytest.warns(Notice, match=said) as told:
        train(settings, tmp_path / "small")
    (share,) = [int(w.message.args[0].split("%")[0][6:]) for w in told if "lack" in str(w.message)]
    digits = data.load("digits", noise="sym:0.4")
    batches = digits.train_batches(10, epochs=20, seed=5, balanced=True, labels=digits.given_labels)
    lacking = 100 * np.mean([len(set(given.numpy())) < 10 for _, given in batches])
    assert lacking == pytest.approx(share, abs=8)


@pytest.mark.parametrize("batch_size", [40, 128])
def test_of_batches_that_hold_every_class_nothing_is_said(batch_size, tmp_path, recwarn):
    train(TrainSettings(**DMI | {"epochs": 1, "batch_size": batch_size}), tmp_path / "large")
    assert not [w for w in recwarn if "lack a class" in str(w.message)]


def test_batches_of_one_size_must_hold_every_class(tmp_path):
    x = np.random.default_rng(0).normal(size=(129, 4)).astype(np.float32)
    y = np.arange(129) % 100
    np.savez(tmp_path / "arrays.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    settings = TrainSettings(
        dataset=f"npz:{tmp_path / 'arrays.npz'}", method="dmi", epochs=1, batch_size=128
    )
    with pytest.raises(InputError, match=r"each of the 100 classes .* holds 65 examples"):
        train(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_classifier_of_scikit_learn_has_the_same_batches():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(4), [40, 30, 20, 7])
    x = np.eye(4)[y] + rng.normal(scale=0.3, size=(97, 4))
    classifier = CMDClassifier(
        method=cmdcore.DMI(warmup=0.2, weight=1e-3), epochs=5, batch_size=32, random_state=0
    ).fit(x, y)
    assert classifier.history_["regular_a"][1:] == pytest.approx([1.0] * 4)
