"""Forward and Backward with a matrix from a file, or from a review."""

import dataclasses
import json
import pickle
import re

import numpy as np
import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

import cmdcore
from cmd_keras import data
from cmd_keras.compare import Row
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.run import TrainSettings, resume, train
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.resolve import plan_for
from cmd_keras.run.settings.transition import matrix_at

T = np.eye(10) * 0.7 + 0.03
T[0] = np.eye(10)[0] * 0.6 + np.eye(10)[3] * 0.4
ROUNDED = tuple(tuple(row) for row in T.round(6).tolist())


@pytest.fixture
def files(tmp_path):
    np.save(tmp_path / "t.npy", T)
    np.savetxt(tmp_path / "t.csv", T, delimiter=",")
    review = tmp_path / "review"
    review.mkdir()
    train = {"tells": True, "matrix": T.tolist()}
    (review / "metrics.json").write_text(json.dumps({"train": train}))
    return tmp_path


@pytest.mark.parametrize("name", ["t.npy", "t.csv", "review"])
def test_a_matrix_is_read_wherever_it_is(files, name):
    assert matrix_at(str(files / name)) == ROUNDED
    assert Row.parse(f"forward transition={files / name}").changes["transition"] == ROUNDED


def test_a_method_has_the_matrix_that_is_given_and_not_that_of_the_noise():
    settings = TrainSettings(method="forward", noise="sym:0.4", transition=ROUNDED)
    method, heard = named_method(settings, num_classes=10)
    assert method == cmdcore.Forward(transition=ROUNDED)
    assert heard == {"transition": ROUNDED}
    assert TrainSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_a_run_is_trained_with_it_and_needs_the_file_no_more(files):
    path, run = files / "t.npy", files / "run"
    arguments = ["train", "--method", "backward", "--noise", "sym:0.3", "--transition", str(path)]
    result = CliRunner().invoke(main, [*arguments, "--epochs", "1", "--output", str(run)])
    assert result.exit_code == 0, result.output
    config = json.loads((run / "config.json").read_text())["settings"]
    assert config["transition"] == T.round(6).tolist()
    assert config["rate"] is None
    path.unlink()
    again = TrainSettings.from_json(config)
    train(again, files / "again")
    for name in ("history.csv", "labels.csv"):
        assert (run / name).read_bytes() == (files / "again" / name).read_bytes()
    (run / "metrics.json").unlink()
    resume(run)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "forward", "rate": 0.3}, "rate is given as well"),
        ({"method": "gce"}, "transition has no effect with method=gce"),
        (
            {"method": "co-teaching", "rate": 0.3},
            "transition has no effect with method=co-teaching",
        ),
    ],
)
def test_where_it_says_nothing_it_is_refused(settings, said):
    with pytest.raises(InputError, match=said):
        named_method(TrainSettings(**settings, transition=ROUNDED))


def test_a_matrix_of_other_classes_is_refused():
    settings = TrainSettings(method="forward", transition=((0.9, 0.1), (0.2, 0.8)))
    with pytest.raises(InputError, match="each of the 10 classes of the data, and has 2"):
        named_method(settings, num_classes=10)


@pytest.fixture
def of_digits(tmp_path):
    """Writes what a review of digits leaves."""
    (tmp_path / "digits").mkdir()

    def write(class_names="0123456789", noise="none"):
        metrics = {
            "settings": {"noise": noise},
            "class_names": list(class_names),
            "train": {"tells": True, "matrix": T.tolist()},
        }
        (tmp_path / "digits/metrics.json").write_text(json.dumps(metrics))
        return matrix_at(str(tmp_path / "digits"))

    return write


def test_a_review_of_the_same_labels_is_taken_whatever_seed_they_were_made_wrong_with(of_digits):
    digits = data.load("digits", noise="sym:0.4", seed=1)
    settings = TrainSettings(
        method="forward", noise="sym:0.4", seed=1, transition=of_digits(noise="sym:0.4")
    )
    assert plan_for(settings, digits).method == cmdcore.Forward(transition=ROUNDED)
    assert TrainSettings.from_json(settings.to_json()) == settings
    same = settings.changed(noise="sym:0.40")
    assert plan_for(same, digits).method == cmdcore.Forward(transition=ROUNDED)


def test_what_a_matrix_is_of_is_written_down_with_it(of_digits):
    settings = TrainSettings(
        method="forward", noise="sym:0.4", transition=of_digits(noise="sym:0.4")
    )
    written = TrainSettings.from_json(json.loads(json.dumps(settings.to_json())))
    digits = data.load("digits", noise="pair:0.4")
    for kept in (written, pickle.loads(pickle.dumps(settings))):
        with pytest.raises(InputError, match=r"noise=sym:0.4, and these have noise=pair:0.4"):
            plan_for(kept.changed(noise="pair:0.4"), digits)
    damaged = settings.to_json()
    del damaged["transition"]["rows"]
    with pytest.raises(InputError, match="transition must be"):
        TrainSettings.from_json(damaged)


def test_a_review_of_other_classes_is_refused_though_there_are_as_many(of_digits):
    digits = data.load("digits")
    settings = TrainSettings(method="forward", transition=of_digits("zabcdefghi"))
    said = r"digits is the review of data with the classes 'z', 'a', .*, and these have '0', '1'"
    with pytest.raises(InputError, match=said):
        plan_for(settings, digits)
    turned = dataclasses.replace(digits, class_names=tuple("9876543210"))
    with pytest.raises(InputError, match="Take the review of the same data"):
        plan_for(TrainSettings(method="forward", transition=of_digits()), turned)


@pytest.mark.parametrize(("reviewed", "trained"), [("none", "sym:0.2"), ("pair:0.2", "none")])
def test_a_review_of_labels_with_other_noise_is_refused(of_digits, reviewed, trained):
    digits = data.load("digits", noise=trained)
    matrix = of_digits(noise=reviewed)
    settings = TrainSettings(method="forward", noise=trained, transition=matrix)
    with pytest.raises(InputError, match=f"with noise={reviewed}, .* noise={trained}: its matrix"):
        plan_for(settings, digits)


def test_the_command_refuses_a_review_of_other_data(of_digits, tmp_path):
    of_digits("zabcdefghi")
    arguments = ["train", "--method", "forward", "--transition", str(tmp_path / "digits")]
    for command in (arguments, ["compare", "--row", f"forward transition={tmp_path / 'digits'}"]):
        more = [] if command[0] == "train" else ["--row", "ce"]
        output = ["--epochs", "1", "--output", str(tmp_path / "new")]
        result = CliRunner().invoke(main, [*command, *more, *output])
        assert result.exit_code == 2, result.output
        assert "Take the review of the same data" in " ".join(result.output.split())
        assert not (tmp_path / "new").exists()


def write_run(folder):
    (folder / "metrics.json").write_text('{"settings": {}}')
    return folder


def save(path, matrix):
    np.save(path, matrix)
    return str(path)


def write(path, text):
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda at: str(at / "nowhere.csv"), "No such file"),
        (lambda at: str(at), "it has no metrics.json, so it is not that of a review"),
        (lambda at: str(write_run(at)), "its metrics.json is not that of a review"),
        (
            lambda at: write(
                at / "metrics.json", '{"settings": null, "train": {"tells": true, "matrix": [[1]]}}'
            ).removesuffix("metrics.json"),
            "Cannot read a transition matrix",
        ),
        (lambda at: write(at / "t.txt", "1"), "ends in neither .csv nor .npy"),
        (lambda at: write(at / "t.csv", ""), "it has 0 rows of no numbers"),
        (
            lambda at: write(at / "t.csv", "0,1\n1,0\n0,1\n"),
            "3 rows of 2 numbers, .* without a head",
        ),
        (lambda at: save(at / "t.npy", np.zeros((2, 2, 2))), r"float64 of the shape \(2, 2, 2\)"),
        (lambda at: save(at / "t.npy", np.eye(2) * 1j), "it holds complex128"),
        (lambda at: write(at / "t.csv", "a,b\n1,0\n"), "could not convert string to float: 'a'"),
        (lambda at: write(at / "t.npy", "torn"), "Cannot read a transition matrix"),
        (lambda at: write(at / "t.csv", "0.5,0.4\n0,1\n"), r"sum to 1.*received 0.9 in row 0"),
        (lambda at: write(at / "t.csv", "1,0,0\n0,1,0\n"), "2 rows of 3 numbers"),
        (lambda at: write(at / "t.csv", "nan,1\n0,1\n"), "sum to 1"),
        (lambda at: write(at / "t.csv", "0.5,0.5\n0.5,0.5\n"), "singular"),
    ],
)
def test_a_file_without_such_a_matrix_is_refused_in_a_line(make, said, tmp_path):
    path = make(tmp_path)
    arguments = ["train", "--method", "backward", "--transition", path, "--output"]
    result = CliRunner().invoke(main, [*arguments, str(tmp_path / "new")])
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    words = " ".join(result.output.split())
    assert re.search(said, words), words
    assert not (tmp_path / "new").exists()


def test_a_review_that_cannot_tell_is_not_believed(tmp_path):
    (tmp_path / "metrics.json").write_text(
        '{"train": {"tells": false, "matrix": [[1, 0], [0, 1]]}}'
    )
    with pytest.raises(InputError, match="know too little of the labels"):
        matrix_at(str(tmp_path))


@pytest.mark.parametrize("matrix", [np.eye(10)[::-1], np.full((10, 10), 0.1)])
def test_a_matrix_that_names_classes_otherwise_is_noted(matrix, tmp_path):
    turned = tuple(map(tuple, matrix.tolist()))
    settings = TrainSettings(method="forward", transition=turned, epochs=1)
    with pytest.warns(Notice, match="10 classes would be called by another name .* as '0' by '9'"):
        train(settings, tmp_path / "run")


def test_labels_of_a_validation_share_that_there_is_none_of_are_noted(tmp_path):
    settings = TrainSettings(validation_labels="given", epochs=1)
    with pytest.warns(Notice, match="validation_labels=given has no effect"):
        train(settings, tmp_path / "run")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"method": "joint", "epochs": 1},
            "Part 2 of 2 of Joint.* has no epoch: .* 62% of 1 epoch",
        ),
        ({"method": "t-revision", "epochs": 2}, "Part 1 of 3 of TRevision.* has no epoch"),
        ({"method": "joint", "epochs": 3, "retrain_from": 1.0}, "Part 2 of 2 .* after 100% of 3"),
    ],
)
def test_a_training_that_never_begins_is_noted(changes, said, tmp_path):
    with pytest.warns(Notice, match=said):
        train(TrainSettings(**changes), tmp_path / "run")
