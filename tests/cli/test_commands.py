import contextlib
import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from cmd_keras_cli import choice
from cmd_keras_cli.main import main

from cmd_keras.networks import NETWORKS, PRETRAINED
from cmd_keras.networks.names import NAMES, PRETRAINED_NAMES
from cmd_keras.run.results.evaluate import PARTS

COMMAND = Path(sys.executable).parent / "cmd-keras"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def invoke(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # CliRunner swaps sys.stderr, whose descriptor the quiet start needs.
    for command in ("train", "schedule", "datasets", "evaluate", "predict", "plot", "export"):
        monkeypatch.setattr(f"cmd_keras_cli.{command}.quiet_start", contextlib.nullcontext)
    # What a command sets for its process must not reach the processes of other tests.
    monkeypatch.setattr("cmd_keras_cli.train.set_process_switches", lambda: None)
    return lambda *arguments: CliRunner().invoke(
        main, [str(a) for a in arguments], prog_name="cmd-keras"
    )


def test_names_on_the_command_line_are_those_of_the_packages():
    assert list(NETWORKS) == list(NAMES)
    assert tuple(PRETRAINED) == PRETRAINED_NAMES
    assert PARTS == choice.PARTS


def test_help_imports_no_framework_and_is_quick():
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, env=environment)
        seconds.append(time.perf_counter() - started)
    assert done.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"tensorflow", "keras", "numpy", "pandas", "rich", "matplotlib"}
    # 0.2 s on two quiet cores; the bound leaves room for a busy machine.
    assert min(seconds) < 1.0


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)])
def test_every_page_of_help_shows_an_example(invoke, command):
    done = invoke(*command, "--help")
    assert done.exit_code == 0
    assert "cmd-keras" in done.output
    assert "\b" not in done.output


def test_train_takes_negative_numbers_and_repeats_from_its_config(invoke, tmp_path):
    done = invoke(
        "train", "--noise", "sym:0.4", "--b2", "-5", "--eta", "-2", "--epochs", "1",
        "--batch-size", "512", "--output", "first",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    settings = json.loads((tmp_path / "first/config.json").read_text())["settings"]
    assert (settings["b2"], settings["eta"]) == (-5.0, -2.0)
    done = invoke("train", "--config", "first/config.json", "--seed", "7", "--output", "second")
    assert done.exit_code == 0, done.output
    again = json.loads((tmp_path / "second/config.json").read_text())["settings"]
    assert again == {**settings, "seed": 7}


def test_no_milestones_give_a_constant_rate(invoke, tmp_path):
    (tmp_path / "config.json").write_text('{"settings": {"milestones": [0.5]}}')
    done = invoke(
        "train", "--config", "config.json", "--milestones", "", "--epochs", "2",
        "--batch-size", "512", "--output", "run",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    settings = json.loads((tmp_path / "run/config.json").read_text())["settings"]
    assert settings["milestones"] == []
    with (tmp_path / "run/history.csv").open() as file:
        rates = [row["learning_rate"] for row in csv.DictReader(file)]
    assert len(rates) == 2
    assert rates[0] == rates[1]


def test_a_batch_size_is_said_with_where_it_comes_from(invoke, tmp_path):
    (tmp_path / "config.json").write_text('{"settings": {"batch_size": 4096}}')
    for arguments in (["--config", "config.json"], ["--batch-size", "4096"]):
        done = invoke("train", *arguments)
        assert done.exit_code == 2
        said = " ".join(done.output.split())
        assert "and is 4,096. Choose 128, or less" in said


def test_train_prints_a_line_an_epoch_and_a_table(invoke):
    done = invoke("train", "--noise", "pair:0.2", "--epochs", "2", "--batch-size", "512")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert sum(line.strip().startswith(("1/2 ", "2/2 ")) for line in lines) == 2
    assert "last epoch, 2" in done.output
    assert "not a result" in " ".join(done.output.split())
    (folder,) = Path("runs").iterdir()
    assert folder.name.endswith("-digits")
    assert (folder / "curves.png").read_bytes().startswith(PNG)


def test_curves_whose_constants_hardly_differ_are_two(invoke):
    done = invoke("schedule", "--eta", "2", "--eta", "2.0000001", "--epochs", "2")
    assert "η = 2, " in done.output
    assert "η = 2.0000001, " in done.output


def test_a_picture_that_cannot_be_written_is_said_and_leaves_nothing(invoke, tmp_path, monkeypatch):
    def no_space(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", no_space)
    before = sorted(tmp_path.iterdir())
    done = invoke("schedule", "--output", "full.png")
    assert done.exit_code == 2
    assert "No space left" in done.output
    assert sorted(tmp_path.iterdir()) == before


def test_schedule_draws_in_the_terminal_and_to_a_file(invoke, tmp_path):
    done = invoke("schedule", "--eta", "2", "--b2", "-5", "--epochs", "4")
    assert done.exit_code == 0
    assert "η = 2, b₂ = -5" in done.output
    assert done.output.count("█") > 20
    done = invoke("schedule", "--eta", "2", "--eta", "4", "--b2", "-5", "--output", "chi.png")
    assert done.exit_code == 0
    assert (tmp_path / "chi.png").read_bytes().startswith(PNG)


def test_datasets_lists_the_embedded_one_and_what_is_on_disk(invoke, tmp_path):
    (tmp_path / "data/some_set/1.0.0").mkdir(parents=True)
    (tmp_path / "data/some_set/1.0.0/dataset_info.json").write_text("{}")
    done = invoke("datasets", "--data-dir", "data")
    assert done.exit_code == 0
    assert "digits" in done.output
    assert "some_set" in done.output


BAD = [
    (["train", "--dataset", "cifar1o", "--data-dir", "."], "Did you mean 'cifar10'"),
    (["train", "--network", "resnet200"], "Did you mean 'resnet20'"),
    (["train", "--mode", "progresive"], "Did you mean 'progressive'"),
    (["train", "--self-kd", "boot"], "Did you mean 'boot-soft'"),
    (["train", "--knowledge", "labels"], "Known: refined, prediction"),
    (["train", "--clock", "hour"], "Known: epoch, step"),
    (["train", "--noise", "sym:1"], "must lie in [0, 1)"),
    (["train", "--noise", "sym:-0.2"], "must lie in [0, 1)"),
    (["train", "--noise", "40%"], "Cannot read noise"),
    (["train", "--noise", "asym:0.3"], "Unknown kind of noise"),
    (["train", "--eta", "0"], "eta divides"),
    (["train", "--eta", "nan"], "eta divides"),
    (["train", "--b2", "inf"], "b2 must be a finite number"),
    (["train", "--rho", "1.01"], "rho must lie in [0, 1]"),
    (["train", "--self-kd", "cp", "--epsilon", "2"], "epsilon must lie in [0, 1]"),
    (["train", "--epsilon", "0.1"], "--epsilon has no effect with --self-kd mconf"),
    (["train", "--mode", "zero", "--b2", "-5"], "--b2 has no effect with --mode zero"),
    (["train", "--epochs", "0"], "epochs must be at least 1"),
    (["train", "--epochs", "many"], "'many' is not a valid integer"),
    (["train", "--batch-size", "0"], "--batch-size must be at least 1"),
    (["train", "--learning-rate", "-1"], "--learning-rate must be above 0"),
    (["train", "--learning-rate", "nan"], "--learning-rate must be above 0"),
    (["train", "--momentum", "1"], "momentum must lie in [0, 1)"),
    (["train", "--weight-decay", "-1"], "--weight-decay must be at least 0"),
    (["train", "--seed", "-1"], "seed must lie in"),
    (["train", "--output", "taken"], "holds other files"),
    (["train", "--output", "file"], "is a file"),
    (["train", "--output", "file/run"], "Cannot"),
    (["train", "--config", "missing.json"], "does not exist"),
    (["train", "--config", "file"], "is not the config.json of a run"),
    (["train", "--config", "list.json"], "is not the config.json of a run"),
    (["train", "--config", "unknown.json"], "Unknown settings colour"),
    (["train", "--config", "type.json"], "epochs must be"),
    (["train", "--b3", "1"], "No such option"),
    (["train", "extra"], "unexpected extra argument"),
    (["schedule", "--eta", "0"], "eta divides"),
    (["schedule", "--classes", "1"], "2"),
    (["schedule", "--epochs", "0"], "1"),
    (["schedule", "--output", "chi.jpg"], "must end in .png"),
    (["schedule", "--output", "nowhere/chi.png"], "does not exist"),
    (["schedule", "--output", "old.png"], "exists already"),
    (["schedule", "--eta", "1e-308"], "too large to draw"),
    (["schedule", "--epochs", "100000000000"], "1"),
    (["train", "--epochs", "99999999999999999999"], "at most 1,000,000"),
    (["train", "--batch-size", "2000"], "at most the 1,297 training examples"),
    (["train", "--method", "dmi", "--batch-size", "8"], "must hold each of the 10 classes"),
    (["train", "--weight-decay", "inf"], "and finite"),
    (["train", "--dataset", ""], "is not a name"),
    (["train", "--dataset", "../x"], "is not a name"),
    (["train", "--dataset", "cifar10:9.9.9"], "cifar10:9.9.9"),
    (["train", "--dataset", "cifar10", "--data-dir", "nowhere"], "nowhere does not exist"),
    (["train", "--dataset", "cifar10", "--data-dir", "file"], "file is not a folder"),
    (["datasets", "--data-dir", "nowhere"], "nowhere does not exist"),
    (["train", "--config", "deep.json"], "is not the config.json of a run"),
    (["train", "--config", "empty.json"], "is not the config.json of a run"),
    (["train", "--config", "milestones.json"], "milestones must be fractions"),
    (["train", "--config", "decay.json"], "decay must lie in (0, 1]"),
    (["trian"], "No such command"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_bad_input_gets_a_clear_line_and_exit_code_2(invoke, tmp_path, arguments, message):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thesis.tex").write_text("years of work")
    (tmp_path / "file").write_text("not json")
    (tmp_path / "list.json").write_text('{"settings": [1]}')
    (tmp_path / "unknown.json").write_text('{"settings": {"colour": "red"}}')
    (tmp_path / "type.json").write_text('{"settings": {"epochs": "ten"}}')
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "empty.json").write_text("{}")
    (tmp_path / "milestones.json").write_text('{"settings": {"milestones": [0.8, 0.5]}}')
    (tmp_path / "decay.json").write_text('{"settings": {"decay": -3}}')
    (tmp_path / "old.png").write_text("a picture")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    done = invoke(*arguments)
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before, "nothing is left behind"


def test_as_a_process_a_mistake_is_one_line_on_standard_error(tmp_path):
    done = subprocess.run(
        [COMMAND, "train", "--eta", "0"], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: eta divides H(u)")
    assert len(done.stderr.splitlines()) == 1
