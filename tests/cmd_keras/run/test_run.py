import csv
import dataclasses
import importlib.util
import io
import json
import shutil

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from rich.console import Console
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, train
from cmd_keras.run.devices.build import on_devices
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.epochs.history import RunHistory
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.export import export
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.run.results.plot import _labelled, plot_runs
from cmd_keras.run.results.report import print_evaluation
from cmd_keras.run.settings.resolve import plan_for

QUICK = TrainSettings(noise="sym:0.4", epochs=2, batch_size=256, seed=3)
FILES = {
    "checkpoints",
    "config.json",
    "labels.csv",
    "history.csv",
    "metrics.json",
    "peer_a.keras",
    "peer_b.keras",
    "suspects.csv",
    "label_quality.csv",
    "probabilities.npy",
    "curves.png",
    "timings.json",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "first"
    return folder, train(QUICK, folder)


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_these_files_and_no_others(run):
    folder, _ = run
    assert {path.name for path in folder.iterdir()} == FILES
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o444 == 0o444, "others may read what a run leaves"


def test_metrics_are_those_of_the_last_row_of_the_history(run):
    folder, metrics = run
    rows = table(folder / "history.csv")
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    assert {name: float(value) for name, value in rows[-1].items()} == {
        name: pytest.approx(value) for name, value in metrics["last"].items()
    }
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    best = max(float(row["test_mean_accuracy"]) for row in rows)
    assert metrics["best"]["test_mean_accuracy"] == pytest.approx(best)
    assert "looking at the test set" in metrics["best"]["note"]


def test_labels_stand_beside_the_clean_ones(run):
    folder, _ = run
    rows = table(folder / "labels.csv")
    dataset = data.load("digits", noise="sym:0.4", seed=3)
    assert [int(row["given"]) for row in rows] == dataset.given_labels.tolist()
    assert [int(row["clean"]) for row in rows] == dataset.clean_labels.tolist()
    assert [int(row["index"]) for row in rows] == list(range(1297))


def test_saved_peers_give_the_accuracy_that_was_reported(run):
    folder, metrics = run
    dataset = data.load("digits")
    for name in ("peer_a", "peer_b"):
        logits = keras.models.load_model(folder / f"{name}.keras").predict(
            dataset.test_batches().map(lambda x, _: x), verbose=0
        )
        accuracy = (logits.argmax(1) == dataset.test_labels).mean()
        assert accuracy == pytest.approx(metrics["last"][f"test_{name}_accuracy"])


def test_suspects_are_sorted_and_counted(run):
    folder, metrics = run
    rows = table(folder / "suspects.csv")
    quality = [float(row["quality"]) for row in rows]
    assert quality == sorted(quality)
    assert all(row["given"] != row["predicted"] for row in rows)
    assert len(rows) == metrics["labels"]["suspected"]
    labels = table(folder / "labels.csv")
    right = sum(labels[int(r["index"])]["given"] != labels[int(r["index"])]["clean"] for r in rows)
    assert metrics["labels"]["precision"] == pytest.approx(right / len(rows))


def test_every_label_has_a_score_and_its_probabilities(run):
    folder, _ = run
    rows, labels = table(folder / "label_quality.csv"), table(folder / "labels.csv")
    p = np.load(folder / "probabilities.npy", allow_pickle=False)
    assert p.dtype == np.float32
    assert p.shape == (1297, 10)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-5)
    # A review takes them as a distribution, to the last digit.
    p = p.astype(np.float64) / p.sum(axis=1, dtype=np.float64, keepdims=True)
    assert sorted(int(row["index"]) for row in rows) == list(range(1297))
    scores = [float(row["quality"]) for row in rows]
    assert scores == sorted(scores)
    for row in rows:
        margin, other = float(row["mean_margin"]), float(row["other_share"])
        assert float(row["quality"]) == pytest.approx(((1 + margin) / 2 + 1 - other) / 2, abs=1e-5)
        # Two epochs of two peers.
        assert 4 * other == int(4 * other)
        index = int(row["index"])
        assert row["given"] == labels[index]["given"]
        assert float(row["p_given"]) == pytest.approx(p[index, int(row["given"])], rel=1e-4)
        assert int(row["predicted"]) == p[index].argmax()
        assert row["p_predicted"] == f"{p[index].max():.6g}"
        assert row["p_given"] == f"{p[index, int(row['given'])]:.6g}"
    suspects = [
        {k: v for k, v in r.items() if k != "suspected"} for r in rows if r["suspected"] == "1"
    ]
    assert suspects == table(folder / "suspects.csv")


def test_what_training_said_finds_labels_that_are_known_by_heart(tmp_path):
    digits = load_digits()
    np.savez(tmp_path / "digits.npz", x=digits.images[:500, ..., None], y=digits.target[:500])
    settings = TrainSettings(
        dataset=f"npz:{tmp_path / 'digits.npz'}", recipe="digits", network="mlp", noise="sym:0.4",
        mode="zero", self_kd="ce", epochs=60,
    )  # fmt: skip
    metrics = train(settings, tmp_path / "run")
    assert metrics["last"]["corrupted_part_given_accuracy"] > 0.9, "they are known by heart"
    rows = pd.read_csv(tmp_path / "run/label_quality.csv").sort_values("index")
    labels = pd.read_csv(tmp_path / "run/labels.csv")
    wrong = labels["given"] != labels["clean"]
    by_evidence = roc_auc_score(wrong, -rows["quality"].to_numpy())
    assert metrics["labels"]["auroc"] == pytest.approx(by_evidence, abs=1e-4)
    assert by_evidence > 0.9
    assert by_evidence > roc_auc_score(wrong, -rows["p_given"].to_numpy()) + 0.1


def test_cleanlab_takes_a_run_as_it_is(run):
    from cleanlab.filter import find_label_issues

    folder, _ = run
    labels = pd.read_csv(folder / "labels.csv")
    issues = find_label_issues(labels["given"], np.load(folder / "probabilities.npy"))
    wrong = (labels["given"] != labels["clean"]).to_numpy()
    assert wrong[issues].mean() > wrong.mean() + 0.2


def test_config_json_repeats_the_run_bit_for_bit(run, tmp_path):
    folder, metrics = run
    settings = TrainSettings.from_json(json.loads((folder / "config.json").read_text())["settings"])
    again = train(settings, tmp_path / "again")
    assert again == metrics
    for name in ("config.json", "labels.csv", "history.csv", "metrics.json", "suspects.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
    for name in ("peer_a.keras", "peer_b.keras"):
        one, two = (
            keras.models.load_model(f / name).get_weights() for f in (folder, tmp_path / "again")
        )
        assert all(np.array_equal(*pair) for pair in zip(one, two, strict=True))


def test_another_seed_is_another_run(run, tmp_path):
    _, metrics = run
    other = train(TrainSettings(**{**vars(QUICK), "seed": 4}), tmp_path / "other")
    assert other["last"]["loss"] != metrics["last"]["loss"]


def test_an_output_folder_is_never_overwritten(run):
    folder, _ = run
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="holds another run"):
        train(QUICK, folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_wrong_input_leaves_no_folder(tmp_path):
    with pytest.raises(InputError):
        train(TrainSettings(dataset="no_such_set", data_dir=str(tmp_path)), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("mode", ["zero", "all"])
def test_modes_without_a_finite_threshold_are_drawn_and_written(mode, tmp_path):
    settings = TrainSettings(epochs=1, mode=mode, self_kd="ls", batch_size=512)
    metrics = train(settings, tmp_path / "run")
    assert metrics["last"]["a_to_b"] == (1.0 if mode == "all" else 0.0)
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert written["last"]["threshold"] == (None if mode == "all" else 0.0)


def test_a_log_for_tensorboard_and_a_served_model_are_written_on_request(tmp_path):
    settings = TrainSettings(epochs=1, batch_size=512, tensorboard=True, export="saved_model")
    train(settings, tmp_path / "run")
    events = next((tmp_path / "run/tensorboard/train").glob("events.out.tfevents.*"))
    tags = {
        value.tag
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
    }
    assert {"epoch_loss", "epoch_threshold", "epoch_a_to_b"} <= tags
    assert (tmp_path / "run/saved_model/saved_model.pb").exists()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"export": "onnx"}, "Writing ONNX takes"),
        ({"tensorboard": True}, "the package tensorboard"),
    ],
)
def test_a_missing_package_is_said_before_anything_is_trained(change, match, tmp_path, monkeypatch):
    find_spec = importlib.util.find_spec
    missing = ("tf2onnx", "onnx", "tensorboard")
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in missing else find_spec(name)
    )
    with pytest.raises(InputError, match=match):
        train(TrainSettings(epochs=1, **change), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_validation_share_chooses_the_best_epoch(tmp_path):
    settings = TrainSettings(epochs=3, validation_split=0.2, noise="sym:0.2", batch_size=256)
    metrics = train(settings, tmp_path / "run")
    rows = table(tmp_path / "run/history.csv")
    best = max(rows, key=lambda row: float(row["validation_mean_accuracy"]))
    assert metrics["best"]["epoch"] == int(best["epoch"])
    assert "chosen on the validation share" in metrics["best"]["note"]
    labels = table(tmp_path / "run/labels.csv")
    # Three standard deviations of what chance gives.
    assert abs(len(labels) - 0.8 * 1297) < 44
    assert [int(row["index"]) for row in labels] == sorted({int(row["index"]) for row in labels})


def test_a_run_of_another_method_measures_what_that_does(run, tmp_path):
    settings = TrainSettings(method="sync-mkd", epochs=2, batch_size=512, noise="sym:0.2")
    metrics = train(settings, tmp_path / "sync", console := Console(record=True, width=120))
    columns = table(tmp_path / "sync" / "history.csv")[0]
    assert {"peer_a_entropy", "peer_b_certainty", "corrupted_part_given_accuracy"} <= set(columns)
    assert not {"threshold", "a_to_b", "b_to_a"} & set(columns)
    assert metrics["settings"]["epsilon"] == 0.5
    assert "method: SyncMKD(epsilon=0.5)" in console.export_text(clear=False)
    assert "–     –     –" in console.export_text()
    plot_runs([tmp_path / "sync", run[0]], tmp_path / "both.png")
    both = [FinishedRun(tmp_path / "sync"), FinishedRun(run[0])]
    labels = [label for label, _ in _labelled(both)]
    assert labels[0].endswith("sync-mkd, seed 0")
    assert labels[1].endswith("progressive, mconf, predictions, seed 3")
    measured = evaluate(FinishedRun(tmp_path / "sync"))
    assert measured["mean_accuracy"] == pytest.approx(metrics["last"]["test_mean_accuracy"])


@pytest.mark.parametrize(
    ("method", "constants", "said"),
    [
        ("gce", {"q": 0.5}, "GCE(q=0.5)"),
        ("kdcl", {"together": "mean"}, "KDCL(together='mean', epsilon=0.5, temperature=2.0)"),
        ("elr", {"regularization": 3.0}, "ELR(regularization=3.0, target_momentum=0.9)"),
        ("truncated-gce", {"k": 0.3}, "TruncatedGCE(q=0.7, k=0.3, start_prune=0.53)"),
        ("dmi", {"warmup": 0.5}, "DMI(warmup=0.5, weight=0.0001)"),
        (
            "joint",
            {"update_from": 0.5},
            "Joint(alpha=1.2, beta=0.8, target_momentum=0.9, update_from=0.5, retrain_from=0.625)",
        ),
        (
            "t-revision",
            {"estimate_from": 0.5},
            "TRevision(estimate_from=0.5, revise_from=0.52, revision_rate=5e-07)",
        ),
    ],
)
def test_what_cmd_is_compared_with_is_trained_with_the_constants_that_are_given(
    method, constants, said, run, tmp_path
):
    settings = TrainSettings(method=method, **constants, epochs=2, noise="sym:0.2")
    metrics = train(settings, tmp_path / "run", console := Console(record=True, width=200))
    assert f"method: {said}" in console.export_text()
    assert {name: metrics["settings"][name] for name in constants} == constants
    # Two epochs; chance has 0.1.
    assert metrics["last"]["test_mean_accuracy"] > 0.5


@pytest.mark.parametrize("name", ["co-teaching+", "mentornet", "forward"])
def test_a_rate_that_noise_says_is_written_down(name, tmp_path):
    settings = TrainSettings(method=name, epochs=2, noise="sym:0.2")
    train(settings, tmp_path / "run", console := Console(record=True, width=200))
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["settings"]["rate"] == 0.2
    columns = table(tmp_path / "run" / "history.csv")[-1]
    if name == "forward":
        assert "method: Forward(transition=10 x 10)" in console.export_text()
        assert "kept_a" not in columns
        distiller = FinishedRun(tmp_path / "run").distiller()
        assert distiller.method.transition[3][:4] == pytest.approx([0.2 / 9] * 3 + [0.8])
    else:
        assert 0 < float(columns["kept_a"]) <= 1
        assert FinishedRun(tmp_path / "run").distiller().method.rate == 0.2
    # Two epochs; chance has 0.1.
    assert float(columns["test_mean_accuracy"]) > 0.5


def test_a_matrix_that_cannot_be_inverted_leaves_no_run(tmp_path):
    settings = TrainSettings(method="backward", noise="pair:0.5")
    with pytest.raises(InputError, match="transition is singular, or nearly"):
        train(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_batches_that_must_lack_a_class_leave_no_run(tmp_path):
    settings = TrainSettings(method="dmi", batch_size=9)
    with pytest.raises(InputError, match=r"each of the 10 classes .* holds 9 examples"):
        train(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_share_of_a_batch_that_a_device_sees_must_hold_all_classes():
    class InParts(Strategy):
        parts = 4

    digits = data.load("digits")
    plan = plan_for(TrainSettings(method="dmi", batch_size=39), digits)
    with pytest.raises(InputError, match=r"each of the 10 classes .* holds 9 examples"):
        on_devices(InParts(), plan, digits)


def test_memorisation_is_measured_against_given_and_true_labels(run):
    _, metrics = run
    last = metrics["last"]
    given, true = last["corrupted_part_given_accuracy"], last["corrupted_part_true_accuracy"]
    assert 0 <= given + true <= 1
    # The sample is the whole of a set of this size, and the review asks the same networks.
    assert true == pytest.approx(metrics["labels"]["restored"])


def test_networks_that_take_images_of_any_size_and_of_one_are_peers(tmp_path):
    x = keras.Input((None, None, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(x))
    keras.Model(x, keras.layers.Dense(10)(pooled)).save(tmp_path / "any.keras")
    settings = dataclasses.replace(
        QUICK, network_a=str(tmp_path / "any.keras"), network_b="mlp", epochs=1
    )
    metrics = train(settings, tmp_path / "run")
    measured = evaluate(FinishedRun(tmp_path / "run"))
    assert measured["mean_accuracy"] == pytest.approx(metrics["last"]["test_mean_accuracy"])


def test_the_mean_of_cross_entropies_is_that_of_both_whatever_layers_add():
    console = Console(record=True, width=100, file=io.StringIO())
    measured = {f"{who}_accuracy": 0.5 for who in ("peer_a", "peer_b", "mean", "ensemble")}
    measured |= {"peer_a_loss": 1.0, "peer_b_loss": 1.25, "loss": 9.0, "count": 3}
    print_evaluation(console, "test", measured)
    assert "1.0000" in (said := console.export_text())
    assert "1.1250" in said
    assert "9.0" not in said


def test_epochs_of_a_version_that_measures_more_stand_in_their_own_columns(tmp_path):
    folder = RunFolder.new(tmp_path / "run")
    rows = [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "new": 9.0, "loss": 0.4}, {"epoch": 3}]
    RunHistory(folder, rows, []).write()
    assert (tmp_path / "run/history.csv").read_text() == "epoch,loss\n1,0.5\n2,0.4\n3,nan\n"


def test_an_export_that_fails_leaves_the_one_before(tmp_path):
    folder = RunFolder.new(tmp_path / "run")

    class Served:
        def export(self, path, **options):
            path.mkdir()
            (path / "content").write_text("new")

    class Broken:
        def export(self, path, **options):
            path.mkdir()
            raise ValueError("cannot be traced")

    for _ in range(2):
        export(Served(), "saved_model", folder)
    with pytest.raises(ValueError, match="traced"):
        export(Broken(), "saved_model", folder)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["saved_model"]
    assert (tmp_path / "run/saved_model/content").read_text() == "new"


def test_labels_that_are_no_text_cannot_be_plotted(run, tmp_path):
    shutil.copytree(run[0], tmp_path / "run")
    (tmp_path / "run/labels.csv").write_bytes(b"index,given\n\xff\n")
    with pytest.raises(InputError, match=r"Cannot read .*labels\.csv"):
        plot_runs([run[0], tmp_path / "run"], tmp_path / "new.png")
