"""What is done with a run after it has ended: evaluate, predict, plot, export, continue."""

import contextlib
import csv
import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from click.testing import CliRunner
from cmd_keras_cli.main import main
from PIL import Image
from sklearn.datasets import load_digits, load_iris

from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.finished_run import FinishedRun
from cmdcore.methods import METHODS

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder of pictures, a table, and a run on each."""
    home = tmp_path_factory.mktemp("home")
    digits = load_digits()
    for i in range(200):
        folder = home / "pictures" / f"digit {digits.target[i] % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray((digits.images[i] * 15).astype(np.uint8)).save(folder / f"{i:04}.png")
    iris = load_iris()
    with (home / "iris.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["length", "width", "petal", "breadth", "species"])
        for row, label in zip(iris.data, iris.target, strict=True):
            writer.writerow([*row, iris.target_names[label]])
    with contextlib.chdir(home) if hasattr(contextlib, "chdir") else _chdir(home):
        for arguments in (
            ["--dataset", "folder:pictures", "--noise", "sym:0.2", "--output", "pictures-run"],
            ["--dataset", "csv:iris.csv", "--target", "species", "--output", "iris-run"],
        ):
            done = _invoke("train", *arguments, "--epochs", "2", "--batch-size", "32")
            assert done.exit_code == 0, done.output
    return home


@contextlib.contextmanager
def _chdir(path):
    before = os.getcwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)


def _invoke(*arguments):
    with pytest.MonkeyPatch.context() as patch:
        # CliRunner swaps sys.stderr, whose descriptor the quiet start needs.
        for command in ("train", "evaluate", "predict", "plot", "export"):
            patch.setattr(f"cmd_keras_cli.{command}.quiet_start", contextlib.nullcontext)
        # What a command sets for its process must not reach the processes of other tests.
        patch.setattr("cmd_keras_cli.train.set_process_switches", lambda: None)
        return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="cmd-keras")


@pytest.fixture
def invoke(home, monkeypatch):
    monkeypatch.chdir(home)
    return _invoke


def test_suspects_name_the_files(home):
    with (home / "pictures-run/suspects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert (home / "pictures" / row["file"]).is_file()
        assert row["predicted_name"] in ("digit 0", "digit 1", "digit 2")


def test_suspects_of_a_table_name_their_rows(home):
    rows = (home / "iris.csv").read_text().splitlines()
    with (home / "iris-run/suspects.csv").open(newline="") as file:
        suspects = list(csv.DictReader(file))
    assert suspects
    for row in suspects:
        number = int(row["file"].removeprefix("iris.csv line "))
        assert rows[number - 1].endswith(row["given_name"])
        assert int(row["index"]) == number - 2


def test_a_run_whose_network_was_lost_is_finished_again(invoke, home):
    network = home / "iris-run/peer_b.keras"
    before = keras.saving.load_model(network).get_weights()
    metrics = (home / "iris-run/metrics.json").read_bytes()
    network.unlink()
    done = invoke("train", "--resume", "iris-run")
    assert done.exit_code == 0, done.output
    after = keras.saving.load_model(network).get_weights()
    assert all(map(np.array_equal, before, after))
    assert (home / "iris-run/metrics.json").read_bytes() == metrics


@pytest.mark.parametrize("run", ["pictures-run", "iris-run"])
def test_evaluate_finds_what_the_run_found(invoke, home, run):
    done = invoke("evaluate", run, "--json")
    assert done.exit_code == 0, done.output
    measured = json.loads(done.stdout)
    last = json.loads((home / run / "metrics.json").read_text())["last"]
    for name in ("loss", "mean_accuracy", "ensemble_accuracy", "peer_a_accuracy"):
        assert measured[name] == pytest.approx(last[f"test_{name}"], abs=1e-6)


def test_evaluate_on_the_training_labels_as_given(invoke, home):
    done = invoke("evaluate", "pictures-run", "--on", "train")
    assert done.exit_code == 0, done.output
    with (home / "pictures-run/labels.csv").open() as file:
        count = len(list(csv.DictReader(file)))
    assert f"train, {count} examples" in done.output
    # As the run measured it: of another order every label would be another one's.
    done = invoke("evaluate", "pictures-run", "--on", "train", "--json")
    measured = json.loads(done.stdout)
    run = home / "pictures-run"
    given = pd.read_csv(run / "labels.csv")["given"].to_numpy()
    ensemble = np.load(run / "probabilities.npy").argmax(axis=1)
    assert measured["ensemble_accuracy"] == pytest.approx((ensemble == given).mean(), abs=1e-6)
    assert measured["count"] == count


def test_keras_has_nothing_to_say_of_the_batches_that_are_measured(invoke, home):
    for part in ("test", "train"):
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            evaluate(FinishedRun("pictures-run"), part)


def test_the_network_of_another_run_is_no_peer(invoke, home):
    shutil.copytree(home / "iris-run", home / "mixed-run")
    shutil.copy(home / "pictures-run/peer_a.keras", home / "mixed-run/peer_a.keras")
    for command in (["evaluate", "mixed-run"], ["predict", "mixed-run", "iris.csv"]):
        done = invoke(*command)
        assert done.exit_code == 2, done.output
        assert "peer_a.keras takes inputs" in done.stderr
        assert "One of the two files is not that of this run" in done.stderr


def test_predict_gives_the_opinion_that_the_suspects_were_found_with(invoke, home):
    with (home / "pictures-run/suspects.csv").open(newline="") as file:
        suspects = list(csv.DictReader(file))[:5]
    done = invoke("predict", "pictures-run", *(f"pictures/{row['file']}" for row in suspects))
    assert done.exit_code == 0, done.output
    answers = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["file"] for row in answers] == [f"pictures/{row['file']}" for row in suspects]
    assert [row["class"] for row in answers] == [row["predicted_name"] for row in suspects]
    for answer, suspect in zip(answers, suspects, strict=True):
        assert float(answer["probability"]) == pytest.approx(
            float(suspect["p_predicted"]), abs=1e-4
        )


def test_predict_on_a_table_needs_no_labels(invoke, home):
    rows = (home / "iris.csv").read_text().splitlines()
    (home / "new.csv").write_text("\n".join(row.rpartition(",")[0] for row in rows[:11]) + "\n")
    done = invoke("predict", "iris-run", "new.csv")
    assert done.exit_code == 0, done.output
    answers = list(csv.DictReader(done.stdout.splitlines()))
    assert len(answers) == 10
    assert {row["class"] for row in answers} <= {"setosa", "versicolor", "virginica"}


@pytest.fixture
def named_in_chinese(home):
    """A copy of the run on a table whose first class is a cat, and rows to ask it about."""
    if not (home / "cat-run").exists():
        shutil.copytree(home / "iris-run", home / "cat-run")
        config = json.loads((home / "cat-run/config.json").read_text())
        config["data"]["class_names"] = ["猫", "é", "versicolor\ud800"]
        (home / "cat-run/config.json").write_text(json.dumps(config))
        shutil.copy(home / "iris.csv", home / "猫.csv")
    return ["predict", "cat-run", "猫.csv"]


def test_predict_writes_each_letter_to_a_file_whatever_the_terminal_has(named_in_chinese, home):
    command = Path(sys.executable).parent / "cmd-keras"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    with (home / "opinions.csv").open("wb") as file:
        subprocess.run(
            [command, *named_in_chinese], stdout=file, cwd=home, env=environment, check=True
        )
    with (home / "opinions.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert answers[0]["file"] == "猫.csv line 2"
    assert {row["class"] for row in answers} <= {"猫", "é", "versicolor\\ud800"}
    assert "猫" in {row["class"] for row in answers}


def test_a_terminal_shows_a_question_mark_for_what_it_has_not(named_in_chinese, home, monkeypatch):
    monkeypatch.chdir(home)
    monkeypatch.setattr("cmd_keras_cli.predict.quiet_start", contextlib.nullcontext)
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    main(named_in_chinese, standalone_mode=False)
    terminal.flush()
    assert b"\n?.csv line 2,?," in terminal.buffer.getvalue()


def test_plot_draws_one_run_or_several(invoke, home):
    for runs, name in ((["iris-run"], "one.png"), (["iris-run", "pictures-run"], "two.png")):
        done = invoke("plot", *runs, "--output", name)
        assert done.exit_code == 0, done.output
        assert (home / name).read_bytes().startswith(PNG)
    # The second picture holds the panels about wrong labels too, of the one run that has any.
    one, two = (Image.open(home / name).size for name in ("one.png", "two.png"))
    assert two[0] > one[0]


def test_export_serves_the_ensemble(invoke, home):
    done = invoke("export", "pictures-run")
    assert done.exit_code == 0, done.output
    served = tf.saved_model.load(str(home / "pictures-run/saved_model"))
    x = np.random.default_rng(0).uniform(0, 255, (5, 8, 8, 1)).astype("float32")
    p = np.asarray(served.serve(x))
    logits = [
        np.asarray(keras.saving.load_model(home / f"pictures-run/peer_{peer}.keras")(x))
        for peer in "ab"
    ]
    expected = np.mean([np.asarray(keras.ops.softmax(z)) for z in logits], axis=0)
    np.testing.assert_allclose(p, expected, atol=1e-6)


def test_networks_are_listed(invoke):
    done = invoke("networks")
    assert done.exit_code == 0
    assert "shufflenet_v2_x1.5" in done.output


def test_methods_are_listed_with_their_papers_and_constants(invoke):
    done = invoke("methods")
    assert done.exit_code == 0
    for name, method in METHODS.items():
        assert f"\n{name}: " in f"\n{done.output}"
        for field in dataclasses.fields(method):
            if field.default is not False:
                switch = field.name.replace("_", "-")
                switch = "rate" if switch == "transition" else switch
                known = {dataclasses.MISSING: "(or --noise)", None: "(by --rate)"}
                said = known.get(field.default, field.default)
                said = said if isinstance(said, str) else f"{said:g}"
                assert re.search(rf"--{switch} {re.escape(said)}\s", done.output)
    assert "NeurIPS 2018" in done.output
    assert "--epsilon 0.5 --teacher (a run, or a .keras file)" in done.output


def test_code_is_run_on_the_users_word_only(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import keras\n"
        "from pathlib import Path\n"
        "Path('was-run').touch()\n"
        "def net(input_shape, num_classes):\n"
        "    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(),\n"
        "                             keras.layers.Dense(num_classes)])\n"
    )
    done = _invoke("train", "--network", "mine:net", "--epochs", "1", "--output", "run")
    assert done.exit_code == 0, done.output
    (tmp_path / "was-run").unlink()
    (tmp_path / "run/metrics.json").unlink()
    for arguments in (["--config", "run/config.json"], ["--resume", "run"]):
        done = _invoke("train", *arguments)
        assert done.exit_code == 2
        assert "A file is not believed in that: say it yourself" in " ".join(done.output.split())
    assert not (tmp_path / "was-run").exists()
    done = _invoke("evaluate", "run")
    assert done.exit_code == 0, done.output
    done = _invoke("train", "--resume", "run", "--network", "mine:net")
    assert done.exit_code == 0, done.output


BAD = [
    (["evaluate", "nowhere"], "does not exist"),
    (["evaluate", "pictures"], "is not the folder of a run"),
    (["evaluate", "iris.csv"], "is a file"),
    (["evaluate", "pictures-run", "--on", "tests"], "Did you mean 'test'"),
    (["evaluate", "pictures-run", "--on", "validation"], "has no validation share"),
    (["evaluate", "unfinished"], "the run has not ended. Continue it with"),
    (["evaluate", "broken"], "peer_a.keras: it is torn"),
    (["evaluate", "strange"], "is not that of a run"),
    (["predict", "pictures-run"], "Missing argument"),
    (["predict", "pictures-run", "missing.png"], "missing.png (does not exist)"),
    (["predict", "iris-run", "pictures-run/curves.png"], "is not a CSV table: it holds binary"),
    (["train", "--dataset", "npz:iris.csv"], "is no npz file, or a broken one"),
    (["train", "--dataset", "folder:pipes"], "has the name of an image, but is no file"),
    (["train", "--dataset", "folder:loop"], "is a link to a folder above it"),
    (["train", "--network", "torn/peer_a.keras"], "or a torn one"),
    (["train", "--network", "exits:now"], "failed with SystemExit"),
    (["predict", "pictures-run", "iris.csv"], "iris.csv"),
    (["predict", "iris-run", "pictures"], "pictures"),
    (["plot"], "Missing argument"),
    (["plot", "pictures"], "is not the folder of a run"),
    (["plot", "unfinished"], "holds no finished epoch yet"),
    (["plot", "torn"], "Cannot read"),
    (["plot", "iris-run", "iris-run"], "A run was named twice"),
    (["plot", "iris-run", "--output", "curves.jpg"], "must end in .png"),
    (["plot", "iris-run", "--output", "no/where.png"], "does not exist"),
    (["plot", "iris-run", "--output", "iris-run/curves.png"], "exists already"),
    (["export", "pictures-run", "--format", "tflite"], "Known: saved_model, onnx"),
    (["export", "unfinished"], "the run has not ended"),
    (["train", "--resume", "nowhere"], "does not exist"),
    (["train", "--resume", "pictures"], "is not the folder of a run"),
    (["train", "--resume", "iris-run", "--epochs", "3"], "leave out --epochs"),
    (["train", "--resume", "iris-run", "--output", "x"], "leave out --output"),
    (["train", "--resume", "strange"], "config.json"),
    (["train", "--output", "iris-run"], "continue that run with: cmd-keras train --resume iris-run"),
    (["train", "--dataset", "folder:nowhere"], "nowhere"),
    (["train", "--dataset", "folder:iris.csv"], "iris.csv"),
    (["train", "--dataset", "npz:iris.csv"], "iris.csv"),
    (["train", "--dataset", "csv:iris.csv"], "target"),
    (["train", "--dataset", "csv:iris.csv", "--target", "specie"], "species"),
    (["train", "--dataset", "csv:iris.csv", "--target", "species", "--ignore", "x"], "'x'"),
    (["train", "--dataset", "csv:iris.csv", "--target", "species", "--network", "resnet20"],
     "takes images"),
    (["train", "--target", "species"], "does not apply"),
    (["train", "--image-size", "4"], "--image-size must lie between"),
    (["train", "--test-split", "0"], "--test-split is a share"),
    (["train", "--validation-split", "1"], "--validation-split is a share"),
    (["train", "--validation-labels", "noisy"], "Known: clean, given"),
    (["train", "--recipe", "cifar20"], "Did you mean 'cifar-200'"),
    (["train", "--milestones", "0.5,x"], "is not a list of numbers"),
    (["train", "--milestones", "0.8,0.5"], "milestones must be fractions"),
    (["train", "--network", "missing.keras"], "no file 'missing.keras'"),
    (["train", "--network", "no_such:thing"], "no module no_such"),
    (["train", "--network", "iris.csv:thing"], "csv"),
    (["train", "--network-b", "resnet9"], "Did you mean 'resnet"),
    (["train", "--network", "imagenet_resnet50"], "at least 32×32"),
    (["train", "--pretrained"], "no pretrained weights for mlp"),
    (["train", "--network", "pictures-run/peer_a.keras"], "peer_a.keras"),
    (["train", "--export", "tflite"], "Known: saved_model, onnx"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_bad_input_gets_a_clear_line_and_exit_code_2(invoke, home, arguments, message):
    (home / "unfinished").mkdir(exist_ok=True)
    config = (home / "iris-run/config.json").read_text()
    (home / "unfinished/config.json").write_text(config)
    for name in ("torn", "broken", "strange"):
        (home / name).mkdir(exist_ok=True)
        (home / name / "config.json").write_text(config if name != "strange" else "{}")
        (home / name / "peer_a.keras").write_bytes(b"PK half of a zip")
        (home / name / "history.csv").write_text("epoch,loss\n1,nonsense\n")
    for name in ("pipes", "loop"):
        for label in ("a", "b"):
            (home / name / label).mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkfifo(home / "pipes/a/picture.png")
        (home / "loop/a/again").symlink_to(home / "loop")
    (home / "exits.py").write_text("def now(input_shape, num_classes):\n    raise SystemExit(0)\n")
    sys.dont_write_bytecode = True
    before = {path: path.lstat().st_mtime_ns for path in home.rglob("*")}
    done = invoke(*arguments)
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert {path: path.lstat().st_mtime_ns for path in home.rglob("*")} == before
