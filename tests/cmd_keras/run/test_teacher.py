"""A run with a teacher: a `.keras` file or another run, the same one to the end."""

import csv
import json
import shutil
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from rich.console import Console
from sklearn.datasets import load_digits

from cmd_keras import data
from cmd_keras.compare import Grid, Row, compare
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.review.check import check_review
from cmd_keras.run import TrainSettings, resume, train
from cmd_keras.run.devices.teacher import _same_columns
from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.finished_run import FinishedRun


def network(shape=(8, 8, 1), classes=10, activation=None):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(24, "relu"),
            layers.Dropout(0.1),
            layers.Dense(classes, activation=activation),
        ]
    )


def write_digits(path, count=300, classes=10):
    digits = load_digits()
    chosen = np.flatnonzero(digits.target < classes)[:count]
    np.savez(path, x=digits.images[chosen, ..., None], y=digits.target[chosen])
    return f"npz:{path}"


def rows(run):
    with (run / "history.csv").open() as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def weights(run):
    peers = (keras.saving.load_model(run / f"peer_{x}.keras") for x in "ab")
    return [w for peer in peers for w in peer.get_weights()]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A run that is a teacher, a student of it, and a network in a file."""
    home = tmp_path_factory.mktemp("home")
    keras.utils.set_random_seed(5)
    network().save(home / "small.keras")
    network(activation="softmax").save(home / "softmax.keras")
    base = {
        "dataset": write_digits(home / "digits.npz"), "network": str(home / "small.keras"),
        "recipe": "digits", "epochs": 3, "batch_size": 64,
    }  # fmt: skip
    train(TrainSettings(**base, mode="zero", self_kd="ce"), home / "teacher")
    base |= {"noise": "sym:0.3", "method": "t2s", "teacher": str(home / "teacher")}
    (home / "base.json").write_text(json.dumps(base))
    console = Console(record=True, width=200)
    train(TrainSettings(**base), home / "student", console)
    (home / "said").write_text(console.export_text())
    return home


def settings(home, **changes):
    return TrainSettings(**{**json.loads((home / "base.json").read_text()), **changes})


def test_a_student_says_whom_it_learned_from_and_how_right_that_was(home):
    said = (home / "said").read_text()
    assert f"method: T2SKD(epsilon=0.5), taught by {home / 'teacher'}" in said
    config = json.loads((home / "student/config.json").read_text())
    assert config["settings"]["teacher"] == str(home / "teacher")
    run = FinishedRun(home / "teacher")
    dataset = FinishedRun(home / "student").dataset()
    inputs = np.concatenate([np.asarray(x) for x in dataset.plain_train_batches()])
    right = run.distiller().predict(inputs, verbose=0).argmax(axis=1) == dataset.given_labels
    for row in rows(home / "student"):
        assert row["teacher_accuracy"] == pytest.approx(right.mean(), rel=1e-5)


def test_a_student_is_of_use_without_its_teacher(home, tmp_path):
    run = shutil.copytree(home / "student", tmp_path / "student")
    config = json.loads((run / "config.json").read_text())
    config["settings"]["teacher"] = str(tmp_path / "gone")
    (run / "config.json").write_text(json.dumps(config))
    last = json.loads((run / "metrics.json").read_text())["last"]
    measured = evaluate(FinishedRun(run))
    assert measured["ensemble_accuracy"] == pytest.approx(last["test_ensemble_accuracy"])
    assert {layer for peer in FinishedRun(run).peers() for layer in map(type, peer.layers)} == {
        type(layer) for layer in network().layers
    }


def test_where_the_teacher_has_no_weight_the_run_is_one_without(home, tmp_path):
    """Peers begin with the same weights, so that rows of a comparison stay paired by seed."""
    train(settings(home, epsilon=0.0), tmp_path / "taught")
    plain = settings(home).changed(method="cmd", mode="zero", self_kd="ce")
    assert plain.teacher is None
    train(plain, tmp_path / "plain")
    for found, wanted in zip(*map(weights, (tmp_path / "taught", tmp_path / "plain")), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("name", ["small", "softmax"])
def test_a_file_teaches_what_it_says(name, home, tmp_path):
    teacher = str(home / f"{name}.keras")
    train(settings(home, teacher=teacher, epochs=1), tmp_path / "run")
    dataset = FinishedRun(tmp_path / "run").dataset()
    inputs = np.concatenate([np.asarray(x) for x in dataset.plain_train_batches()])
    said = keras.saving.load_model(teacher).predict(inputs, verbose=0).argmax(axis=1)
    right = (said == dataset.given_labels).mean()
    assert rows(tmp_path / "run")[0]["teacher_accuracy"] == pytest.approx(right, rel=1e-5)


def stopped(home, tmp_path):
    run = shutil.copytree(home / "student", tmp_path / "stopped")
    for name in ("metrics.json", "peer_a.keras", "peer_b.keras", "checkpoints/epoch-000003.npz"):
        (run / name).unlink()
    return run


def test_a_stopped_run_goes_on_to_the_same_end(home, tmp_path):
    run = stopped(home, tmp_path)
    resume(run)
    assert (run / "history.csv").read_bytes() == (home / "student/history.csv").read_bytes()
    assert all(map(np.array_equal, weights(run), weights(home / "student")))


def test_a_stopped_run_is_told_where_its_teacher_is_now(home, tmp_path):
    run = stopped(home, tmp_path)
    config = json.loads((run / "config.json").read_text())
    config["settings"]["teacher"] = str(tmp_path / "gone")
    (run / "config.json").write_text(json.dumps(config))
    moved = shutil.copytree(home / "teacher", tmp_path / "moved")
    other = home / "small.keras"
    with pytest.raises(InputError, match=r"is not the one that .* began with: its weights are"):
        resume(run, teacher=str(other))
    resume(run, teacher=str(moved))
    assert (run / "history.csv").read_bytes() == (home / "student/history.csv").read_bytes()


def test_a_run_without_a_teacher_is_not_given_one(home, tmp_path):
    run = shutil.copytree(home / "teacher", tmp_path / "stopped")
    (run / "metrics.json").unlink()
    with pytest.raises(InputError, match="teacher has no effect with method=cmd"):
        resume(run, teacher=str(home / "student"))


def test_a_stopped_run_does_not_go_on_with_another_teacher(home, tmp_path):
    run = stopped(home, tmp_path)
    changed = shutil.copytree(home / "teacher", tmp_path / "changed")
    config = json.loads((run / "config.json").read_text())
    config["settings"]["teacher"] = str(changed)
    (run / "config.json").write_text(json.dumps(config))
    shutil.copy(changed / "peer_a.keras", changed / "peer_b.keras")
    before = sorted(run.rglob("*"))
    with pytest.raises(InputError, match=r"is not the one that .* began with: its weights are"):
        resume(run)
    assert sorted(run.rglob("*")) == before
    shutil.rmtree(changed)
    with pytest.raises(InputError, match=r"The teacher .*changed does not exist"):
        resume(run)
    # As it was, it is the same wherever it lies.
    shutil.copytree(home / "teacher", changed)
    resume(run)
    assert all(map(np.array_equal, weights(run), weights(home / "student")))


@pytest.fixture(scope="module")
def unfit(home):
    """What cannot teach, by name."""
    network(classes=9).save(home / "nine.keras")
    network(shape=(9, 8, 1)).save(home / "other-shape.keras")
    network(activation="sigmoid").save(home / "sigmoid.keras")
    diverged = network()
    diverged.layers[-1].bias.assign([np.nan] * 10)
    diverged.save(home / "nan.keras")
    inputs = keras.Input((8, 8, 1))
    half = [network(activation="softmax")(inputs) for _ in range(2)]
    keras.Model(inputs, (half[0] + half[1]) / 2).save(home / "unclear.keras")
    (home / "torn.keras").write_bytes((home / "small.keras").read_bytes()[:1000])
    (home / "empty").mkdir()
    going_on = shutil.copytree(home / "teacher", home / "going-on")
    (going_on / "peer_b.keras").unlink()
    other = shutil.copytree(home / "teacher", home / "other-classes")
    config = json.loads((other / "config.json").read_text())
    config["data"]["class_names"] = [*"abcdefghij"]
    (other / "config.json").write_text(json.dumps(config))
    return home


@pytest.mark.parametrize(
    ("teacher", "said"),
    [
        ("nine.keras", r"must return one tensor of the shape \(None, 10\).* returns \(None, 9\)"),
        ("other-shape.keras", r"takes inputs of the shape \(9, 8, 1\), and the data have"),
        ("sigmoid.keras", "returns a probability for each class on its own"),
        ("unclear.keras", "Whether the teacher returns logits or probabilities cannot be told"),
        ("torn.keras", "is not a .keras file, or a torn one"),
        ("digits.npz", "is not a .keras file, or a torn one"),
        ("nowhere", "does not exist"),
        ("empty", "The teacher .* is of no use: .* is not the folder of a run: it has no config"),
        ("nan.keras", "has weights that are NaN or infinite"),
        ("going-on", "has no peer_b.keras: the run has not ended"),
        ("other-classes", "tells other classes apart than those of the data, such as 'a'"),
    ],
)
def test_what_cannot_teach_leaves_no_run(teacher, said, unfit, tmp_path):
    with pytest.raises(InputError, match=said):
        train(settings(unfit, teacher=str(unfit / teacher)), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_teacher_that_may_have_learned_test_examples_is_noted(home, tmp_path):
    other = settings(home, dataset=write_digits(tmp_path / "more.npz", 400), epochs=1)
    with pytest.warns(Notice, match="was tested on other examples than those of this run"):
        train(other, tmp_path / "run")


def test_a_teacher_that_was_told_other_labels_is_noted(home, tmp_path):
    with pytest.warns(Notice, match="learned from other labels or examples than this run has"):
        train(settings(home, noise="sym:0.2", epochs=1), tmp_path / "run")


def test_a_comparison_has_one_teacher_a_row(home, tmp_path):
    teacher = shutil.copytree(home / "teacher", tmp_path / "teacher")
    base = settings(home).changed(method="cmd", noise="none", epochs=1)
    row = Row("taught", {"method": "t2s", "teacher": str(teacher)})

    def seeds(*numbers):
        grid = Grid(base, (row,), ("sym:0.3",), numbers)
        return [r["status"] for r in compare(grid, tmp_path / "compared")]

    assert seeds(0) == ["ended"]
    shutil.copy(teacher / "peer_a.keras", teacher / "peer_b.keras")
    assert seeds(0, 1) == ["ended", "failed"]
    with (tmp_path / "compared" / "results.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert "another teacher than seed 0 of its row" in second["failure"]
    assert first["test_mean_accuracy"]
    assert second["test_mean_accuracy"] == ""


def test_a_review_by_a_run_that_saw_the_labels_is_refused(home, tmp_path):
    with pytest.raises(InputError, match="judged by networks which never saw them"):
        check_review(settings(home), tmp_path / "review", folds=2)


def write_table(path, factor):
    rng = np.random.default_rng(0)
    lines = [f"{rng.normal() * factor},{'uvw'[i % 3]},{'ab'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["number,letter,class", *lines]) + "\n")
    return f"csv:{path}"


def test_a_teacher_of_another_table_is_refused(tmp_path):
    base = TrainSettings(dataset=write_table(tmp_path / "one.csv", 1.0), target="class", epochs=1)
    train(base, tmp_path / "teacher")
    taught = base.changed(method="t2s", teacher=str(tmp_path / "teacher"))
    train(taught, tmp_path / "student")
    other = taught.changed(dataset=write_table(tmp_path / "two.csv", 10.0))
    with pytest.raises(InputError, match="a table whose columns, their means or their categories"):
        train(other, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("later", [0, 100_000_000])
def test_a_teacher_whose_numbers_were_scaled_by_others_is_of_another_table(tmp_path, later):
    """What becomes of a time is the same whenever it is counted from; so it is told by the scale."""
    loaded = []
    for begin in (1_700_000_000, 1_700_000_000 + later):
        lines = [f"{begin + i * 7919 % 1009},{'ab'[i % 2]}" for i in range(60)]
        (tmp_path / "t.csv").write_text("\n".join(["seconds,class", *lines]) + "\n")
        # All for training, so that both tables have the same training rows.
        loaded.append(data.load(f"csv:{tmp_path / 't.csv'}", target="class", test_split=0.001))
    one, two = loaded
    run = SimpleNamespace(input_format=one.input_format, feature_space=lambda: one.feature_space)
    assert _same_columns(run, two) == (later == 0)
