"""What the data tell of settings is said before the first of several runs."""

import dataclasses

import keras
import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.compare import Grid, Row, compare
from cmd_keras.errors import InputError
from cmd_keras.review import review
from cmd_keras.run.settings.resolve import plan_for
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.tune import Search, tune


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    """Of vectors, and three classes."""
    path = tmp_path_factory.mktemp("teacher") / "teacher.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save(path)
    return str(path)


def rows(teacher):
    five = tuple(map(tuple, np.eye(5).tolist()))
    return {
        "few": ({"method": "dmi", "batch_size": 8}, "each of the 10 classes .* holds 8 examples"),
        "of five": (
            {"method": "forward", "transition": five},
            "a row for each of the 10 classes of the data, and has 5",
        ),
        "taught": ({"method": "t2s", "teacher": teacher}, "teacher.keras"),
        "many": ({"batch_size": 5000}, "at most the [0-9,]+ training examples"),
    }


@pytest.mark.parametrize("row", ["few", "of five", "taught", "many"])
def test_no_run_of_a_comparison_begins_if_one_cannot(row, teacher, tmp_path):
    changes, said = rows(teacher)[row]
    grid = Grid(
        TrainSettings(epochs=1), (Row("ce", {"self_kd": "ce"}), Row(row, changes)), ("none",), (0,)
    )
    with pytest.raises(InputError, match=f"Row '{row}', none: .*{said}"):
        compare(grid, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nor_if_one_noise_makes_a_matrix_that_has_no_inverse(tmp_path):
    backward = Row("backward", {"method": "backward"})
    grid = Grid(TrainSettings(epochs=1), (backward,), ("sym:0.4", "pair:0.5"), (0,))
    with pytest.raises(InputError, match=r"Row 'backward', pair:0\.5: .* singular"):
        compare(grid, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("row", ["few", "of five", "taught", "many"])
def test_no_fold_of_a_review_and_no_trial_begins(row, teacher, tmp_path):
    changes, said = rows(teacher)[row]
    settings = TrainSettings(epochs=1, noise="sym:0.4", **changes)
    with pytest.raises(InputError, match=said):
        review(settings, tmp_path / "new")
    also = ("learning_rate",)
    with pytest.raises(InputError, match=said):
        tune(Search(settings, also), tmp_path / "new", trials=1)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("scale", [1 / 255, 1 / 127.5])
def test_networks_of_imagenet_are_not_given_images_that_end_at_1(scale, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (12, 66, 66, 3)).astype(np.float32)
    y = np.arange(12) % 2
    np.savez(tmp_path / "own.npz", x=x * scale, y=y)
    own = data.load(f"npz:{tmp_path / 'own.npz'}")
    # Which images of this size have by themselves.
    for settings in (TrainSettings(), TrainSettings(network="imagenet_resnet50")):
        of_these = dataclasses.replace(settings, dataset=own.name, precision="float32")
        with pytest.raises(InputError, match=r"imagenet_resnet50 takes images of 0 … 255"):
            plan_for(of_these, own)
    plan_for(TrainSettings(dataset=own.name, network="cnn"), own)
    np.savez(tmp_path / "own.npz", x=x, y=y)
    own = data.load(f"npz:{tmp_path / 'own.npz'}")
    assert plan_for(TrainSettings(dataset=own.name), own).settings.network == "imagenet_resnet50"
