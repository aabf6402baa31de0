"""Whatever stops a run, going on gives what a run never stopped gives, to the last bit."""

import csv
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import time
import zipfile

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from cmd_keras import run as runs
from cmd_keras.errors import InputError, RunError
from cmd_keras.run import TrainSettings, resume, train
from cmd_keras.run.epochs.checkpoints import Checkpoints
from cmd_keras.run.folder.run_folder import RunFolder
from tests.cmd_keras.run.small_networks import normalised
from tests.forked import Forks

SAME = (
    "config.json",
    "labels.csv",
    "history.csv",
    "metrics.json",
    "suspects.csv",
    "label_quality.csv",
)
KILLS = 10
TRAIN = "tests.forked:train"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Real digits as coloured 16×16 pictures, which are padded, cropped and mirrored; peers
    with batch statistics and random layers; a validation share; t counted in steps."""
    folder = tmp_path_factory.mktemp("data")
    digits = load_digits()
    pictures = (digits.images[:500] * 15).astype(np.uint8).repeat(2, 1).repeat(2, 2)
    np.savez(folder / "digits.npz", x=np.stack([pictures] * 3, axis=-1), y=digits.target[:500])
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.Rescaling(1 / 128, -1),
            layers.Conv2D(16, 3, 2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(128, "relu"),
            layers.GaussianNoise(0.1),
            layers.Dense(10),
        ]
    )
    network.save(folder / "network.keras")
    return TrainSettings(
        dataset=f"npz:{folder / 'digits.npz'}",
        network=str(folder / "network.keras"),
        recipe="digits",
        noise="sym:0.3",
        self_kd="proselflc",
        clock="step",
        epochs=6,
        batch_size=48,
        learning_rate=0.02,
        validation_split=0.1,
    )


@pytest.fixture(scope="module")
def trainer():
    with Forks() as trainer:
        yield trainer


@pytest.fixture(scope="module")
def whole(settings, trainer, tmp_path_factory):
    """A run that was never stopped, and how long it took."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    started = time.monotonic()
    trainer.start(TRAIN, settings=settings.to_json(), output=str(folder))
    assert trainer.wait() == 0
    return folder, time.monotonic() - started


@pytest.fixture(scope="module")
def again(whole, settings, trainer, tmp_path_factory):
    """The same run once more, and what a kill at random moments would have left of it."""
    folder = tmp_path_factory.mktemp("again")
    rng = random.Random()
    # One moment in every tenth of the run, so that they do not crowd by chance.
    moments = [whole[1] * (number + rng.random()) / KILLS for number in range(KILLS)]
    pid = trainer.start(TRAIN, settings=settings.to_json(), output=str(folder / "run"))
    copies, code = trainer.copies(pid, folder / "run", moments, folder)
    assert code == 0
    return folder / "run", list(zip(moments, copies, strict=True))


def assert_same(one, two):
    for name in SAME:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    for name in ("peer_a.keras", "peer_b.keras"):
        pair = [keras.saving.load_model(folder / name).get_weights() for folder in (one, two)]
        assert all(np.array_equal(*weights) for weights in zip(*pair, strict=True)), name
    assert not list(two.rglob(".unfinished*"))


def test_a_checkpoint_from_before_there_was_evidence_goes_on_without(whole, tmp_path):
    run = shutil.copytree(whole[0], tmp_path / "run")
    (run / "metrics.json").unlink()
    kept = Checkpoints(RunFolder(run))
    checkpoint, _ = kept.latest()
    assert checkpoint.evidence is not None
    with zipfile.ZipFile(max((run / "checkpoints").glob("*.npz"))) as file:
        assert "evidence_margins.npy" in file.namelist()
    kept.write(dataclasses.replace(checkpoint, evidence=None))
    assert kept.latest()[0].evidence is None
    metrics = resume(run)
    with (run / "label_quality.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert "quality" not in rows[0]
    p = [float(row["p_given"]) for row in rows]
    assert p == sorted(p)
    assert metrics["last"] == json.loads((whole[0] / "metrics.json").read_text())["last"]


def test_a_run_repeats_to_the_last_bit(whole, again):
    assert_same(whole[0], again[0])


def test_deterministic_kernels_repeat_convolutions_to_the_last_bit(settings, trainer, tmp_path):
    network = tmp_path / "network.keras"
    normalised((16, 16, 3), 10).save(network)
    settings = settings.changed(
        network=str(network), deterministic=True, epochs=2, batch_size=100, recipe="small-images"
    )
    for name in ("one", "two"):
        trainer.start(TRAIN, settings=settings.to_json(), output=str(tmp_path / name))
        assert trainer.wait() == 0
    assert_same(tmp_path / "one", tmp_path / "two")


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_a_random_moment(number, whole, again, settings):
    moment, run = again[1][number]
    print(f"killed after {moment:.3f} s")
    if not (run / "config.json").exists():
        # Nothing was begun: the same command is given again.
        train(settings, run)
    else:
        resume(run)
    assert_same(whole[0], run)


def test_killed_again_and_again_while_a_checkpoint_is_written(whole, settings, trainer, tmp_path):
    output = tmp_path / "run"
    caught = 0
    order = {"call": TRAIN, "settings": settings.to_json(), "output": str(output)}
    for _ in range(3):
        pid = trainer.start(**order)
        caught += _kill_while_writing(pid, output / "checkpoints", trainer)
        order = {"call": "tests.forked:resume", "output": str(output)}
    trainer.start(**order)
    assert trainer.wait() == 0
    assert_same(whole[0], output)
    assert caught >= 2, "the kills hit a checkpoint that was being written"


def _kill_while_writing(pid, folder, trainer):
    """Kill a child when a file appears that is being written; whether it was left behind."""
    before = {path.name for path in folder.glob("epoch-*")}
    for _ in range(10**7):
        try:
            names = set(os.listdir(folder))
        except FileNotFoundError:
            names = set()
        # A checkpoint is let through each time, so that the run gets on.
        if any(name.startswith(".unfinished") for name in names) and names - before - {
            name for name in names if name.startswith(".")
        }:
            break
        # Not busily: the child needs the processor.
        if trainer.wait(0.0005) is not None:
            raise AssertionError("the run ended before it could be killed")
    os.kill(pid, signal.SIGKILL)
    assert trainer.wait() == -signal.SIGKILL
    return any(name.startswith(".unfinished") for name in os.listdir(folder))


REMEMBERING = {
    "elr": {},
    # In the second training of two, in the last phase of three, and between two prunings.
    "joint": {"update_from": 0.2, "retrain_from": 0.4},
    "t-revision": {"estimate_from": 0.2, "revise_from": 0.4},
    "truncated-gce": {"start_prune": 0.2},
    "co-teaching": {"warmup": 0.9},
    "mentornet": {},
}


@pytest.mark.parametrize("method", REMEMBERING)
def test_what_a_method_remembers_outlives_a_kill(method, settings, trainer, tmp_path):
    changed = settings.changed(method=method, epochs=5, **REMEMBERING[method])
    order = {"call": TRAIN, "settings": changed.to_json()}
    trainer.start(**order, output=str(tmp_path / "whole"))
    assert trainer.wait() == 0
    pid, killed = trainer.start(**order, output=str(tmp_path / "killed")), tmp_path / "killed"
    while not (killed / "checkpoints/epoch-000003.npz").exists():
        assert trainer.wait(0.001) is None, "the run ended before it could be killed"
    os.kill(pid, signal.SIGKILL)
    assert trainer.wait() == -signal.SIGKILL
    checkpoint, _ = Checkpoints(RunFolder(killed)).latest()
    if method == "elr":
        (rows,) = [value for value in checkpoint.variables if value.shape[1:] == (2, 10)]
        # Each training example was seen in each epoch.
        np.testing.assert_allclose(rows.sum(axis=-1), 1 - 0.9**checkpoint.epoch, rtol=1e-4)
    resume(killed)
    assert_same(tmp_path / "whole", killed)


@pytest.fixture(scope="module")
def refused(settings, tmp_path_factory):
    """A run whose disk was full in its third epoch, in this process, and what was said."""
    folder = tmp_path_factory.mktemp("refused") / "run"
    write = Checkpoints.write

    with pytest.MonkeyPatch.context() as patch:

        def full(self, checkpoint):
            if checkpoint.epoch == 3:
                # What np.savez meets halfway through a file on a full disk.
                patch.setattr(np, "savez", _half_a_file)
            write(self, checkpoint)

        patch.setattr(Checkpoints, "write", full)
        with pytest.raises(RunError) as error:
            train(settings, folder)
    return folder, str(error.value)


def _half_a_file(path, **_):
    path.write_bytes(b"half")
    raise OSError(28, "No space left on device")


@pytest.fixture
def stopped(refused, tmp_path):
    """A copy of its folder."""
    return shutil.copytree(refused[0], tmp_path / "run")


def _damage(damage, path, sound):
    """A file in which a checkpoint that was sound has been damaged."""
    content = sound.read_bytes()
    if damage == "torn":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "edited":
        # One number of one weight, in a file that is otherwise whole.
        with np.load(sound) as file:
            arrays = dict(file)
        arrays["0"] = arrays["0"] + 1
        np.savez(path, **arrays)
    else:
        path.write_bytes(b"" if damage == "empty" else b"not a checkpoint")


DAMAGES = ("torn", "edited", "empty", "text")


@pytest.mark.parametrize("damage", [*DAMAGES, "swapped"])
def test_a_damaged_checkpoint_is_found_and_the_one_before_it_used(damage, stopped):
    first, last = (stopped / f"checkpoints/epoch-00000{n}.npz" for n in (1, 2))
    if damage == "swapped":
        # The content of another epoch under this name is whole, but is not believed
        # to be later than it is.
        shutil.copy(first, last)
    else:
        _damage(damage, last, last)
    checkpoint, damaged = Checkpoints(RunFolder(stopped)).latest()
    assert checkpoint.epoch == 1
    assert damaged == ([] if damage == "swapped" else [last])


def test_a_run_goes_on_before_damaged_checkpoints_and_says_each(stopped, whole, capsys):
    """All of them at once, for a run that goes on takes longer than to find them."""
    from rich.console import Console

    first, last = (stopped / f"checkpoints/epoch-00000{n}.npz" for n in (1, 2))
    later = {n: stopped / f"checkpoints/epoch-00000{n}.npz" for n in range(3, 7)}
    for damage, path in zip(DAMAGES, later.values(), strict=True):
        _damage(damage, path, last)
    shutil.copy(first, last)
    resume(stopped, Console(width=10_000))
    said = capsys.readouterr().out
    for path in later.values():
        assert f"{path.name} is damaged" in said
    assert f"{last.name} is damaged" not in said
    assert "continuing after epoch 1" in said
    assert_same(whole[0], stopped)


def test_with_no_whole_checkpoint_a_run_begins_again(stopped, whole):
    for path in (stopped / "checkpoints").iterdir():
        path.write_bytes(b"")
    resume(stopped)
    assert_same(whole[0], stopped)


def test_the_last_two_checkpoints_are_kept(whole):
    kept = sorted(path.name for path in (whole[0] / "checkpoints").iterdir())
    assert kept == ["epoch-000005.npz", "epoch-000006.npz"]


def test_a_run_that_has_ended_is_not_touched(whole, capsys):
    folder, _ = whole
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    metrics = resume(folder)
    assert metrics == json.loads((folder / "metrics.json").read_text())
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_other_labels_are_not_continued(stopped):
    labels = stopped / "labels.csv"
    labels.write_text(labels.read_text().replace("0,", "1,", 1))
    with pytest.raises(InputError, match=r"The data are not those .*\(.*labels\.csv\)"):
        resume(stopped)


def test_another_network_is_not_continued(stopped, settings):
    config = json.loads((stopped / "config.json").read_text())
    config["settings"]["network"] = None
    config["settings"]["network_a"] = config["settings"]["network_b"] = "mlp"
    (stopped / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="checkpoint is of another model"):
        resume(stopped)


def test_two_processes_do_not_train_in_one_folder(stopped):
    with (
        RunFolder(stopped).locked(),
        pytest.raises(InputError, match="Another process is training in"),
    ):
        resume(stopped)


@pytest.mark.parametrize("what", ["config.json", None])
def test_a_folder_without_a_run_is_said(what, tmp_path):
    with pytest.raises(InputError, match=r"does not exist|is not the folder of a run"):
        resume(tmp_path if what else tmp_path / "missing")


def test_a_disk_that_refuses_ends_the_run_with_a_word_and_keeps_what_there_is(
    refused, stopped, whole
):
    folder, said = refused
    assert re.search(r"No space left on device\. Epochs 1 to 2 are kept\. Continue with", said), (
        said
    )
    assert not list(folder.rglob(".unfinished*"))
    resume(stopped)
    assert_same(whole[0], stopped)


def test_advice_after_a_stop(tmp_path, stopped):
    assert runs.how_to_continue(tmp_path / "new") == "Nothing was trained yet."
    assert runs.how_to_continue(stopped) == (
        f"Epochs 1 to 2 are kept. Continue with: cmd-keras train --resume {stopped}"
    )
