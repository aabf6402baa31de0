"""A run opened again after its data were changed."""

import shutil

import numpy as np
import pytest

from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, resume, train
from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.finished_run import FinishedRun
from tests.cmd_keras.data.images import write_classes, write_image

SETTINGS = {"epochs": 1, "network": "mlp", "batch_size": 16, "recipe": "small-images"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of images and a run that was made with it."""
    root = tmp_path_factory.mktemp("same")
    photos = write_classes(root / "photos", {"a": 30, "b": 30}, height=8, width=8)
    train(TrainSettings(dataset=f"folder:{photos}", **SETTINGS), root / "run")
    return root


@pytest.fixture
def photos(made, tmp_path):
    """The images, free to be changed; they are put back where the run looks for them."""
    kept = shutil.copytree(made / "photos", tmp_path / "kept")
    yield made / "photos"
    shutil.rmtree(made / "photos")
    shutil.copytree(kept, made / "photos")


def parts_of(run):
    """What the run was tested on, by name."""
    names = set(FinishedRun(run).dataset().train_names)
    root = run.parent / "photos"
    return names, {p.relative_to(root).as_posix() for p in root.rglob("*.png")} - names


def test_the_same_data_give_the_same_numbers(made):
    metrics = FinishedRun(made / "run").folder.read_json("metrics.json")
    measured = evaluate(FinishedRun(made / "run"))
    assert measured["mean_accuracy"] == pytest.approx(metrics["last"]["test_mean_accuracy"])
    assert measured["count"] == len(parts_of(made / "run")[1])


def rename_class(photos, train, test):
    (photos / "a").rename(photos / "z")


def add_class(photos, train, test):
    write_classes(photos, {"c": 5}, height=8, width=8)


def add_image(photos, train, test):
    write_image(photos / "a" / "more.png", height=8, width=8, seed=7)


def take_training_image(photos, train, test):
    (photos / sorted(train)[0]).unlink()


def take_test_image(photos, train, test):
    (photos / sorted(test)[0]).unlink()


def correct_training_label(photos, train, test):
    name = sorted(train)[0]
    (photos / name).rename(photos / name.replace("a/", "b/moved-"))


def correct_test_label(photos, train, test):
    name = sorted(test)[0]
    (photos / name).rename(photos / name.replace("a/", "b/moved-"))


def retouch_training_image(photos, train, test):
    # Still for training: it is known by its content, which is drawn anew until it is.
    name, before = sorted(train)[0], (photos / sorted(train)[0]).read_bytes()
    for seed in range(100):
        write_image(photos / name, height=8, width=8, seed=100_000 + seed)
        from cmd_keras import data

        if name in data.load(f"folder:{photos}").train_names:
            break
    assert (photos / name).read_bytes() != before


CHANGES = {
    rename_class: r"the classes are others, without 'a', with 'z' that it does not know",
    add_class: r"the classes are others, with 'c' that it does not know",
    # In its training or in its test part, as its content decides.
    add_image: r"(1 training example is new, such as 'a/more.png'|of the test part were added)",
    take_training_image: r"1 training example is gone, such as 'a/0\d.png'",
    take_test_image: r"examples of the test part were added, taken away or changed",
    correct_training_label: r"1 training example is new, such as 'b/moved-0\d.png' and 1 training example is gone",
    correct_test_label: r"examples of the test part were added, taken away or changed",
    retouch_training_image: r"examples of the training part were added, taken away or changed",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_other_data_are_not_measured(made, photos, change):
    change(photos, *parts_of(made / "run"))
    before = sorted(path.name for path in (made / "run").rglob("*"))
    with pytest.raises(InputError, match=f"The data are not those that .*{CHANGES[change]}"):
        evaluate(FinishedRun(made / "run"))
    assert sorted(path.name for path in (made / "run").rglob("*")) == before


def test_other_data_are_not_continued_with(made, photos, tmp_path):
    run = shutil.copytree(made / "run", tmp_path / "run")
    for name in ("metrics.json", "peer_a.keras", "peer_b.keras"):
        (run / name).unlink()
    take_test_image(photos, *parts_of(made / "run"))
    with pytest.raises(InputError, match="examples of the test part"):
        resume(run)


def test_a_run_after_labels_were_corrected_is_tested_on_the_same_examples(made, photos, tmp_path):
    names, tested = parts_of(made / "run")
    for name in sorted(names)[:5]:
        (photos / name).rename(photos / name.replace("a/", "b/moved-"))
    settings = TrainSettings(dataset=f"folder:{photos}", **SETTINGS)
    train(settings, tmp_path / "second")
    second = FinishedRun(tmp_path / "second").dataset()
    everything = {p.relative_to(photos).as_posix() for p in photos.rglob("*.png")}
    assert everything - set(second.train_names) == tested


def test_a_table_that_was_corrected_is_not_measured_as_before(tmp_path):
    rows = [f"{i * i * 1.5},{'uvw'[i % 3]},{i % 2}" for i in range(60)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,y", *rows]))
    settings = TrainSettings(dataset=f"csv:{path}", target="y", epochs=1, batch_size=16)
    train(settings, tmp_path / "run")
    evaluate(FinishedRun(tmp_path / "run"))
    trained = FinishedRun(tmp_path / "run").dataset().train_index
    one, other = trained[0], np.setdiff1d(np.arange(60), trained)[0]
    for wrong, match in (
        (one, f"1 training label is changed, such as '{path} line {one + 2}'"),
        (other, "examples of the test part"),
    ):
        changed = [r[:-1] + str(1 - i % 2) if i == wrong else r for i, r in enumerate(rows)]
        path.write_text("\n".join(["a,b,y", *changed]))
        with pytest.raises(InputError, match=match):
            evaluate(FinishedRun(tmp_path / "run"))
    path.write_text("\n".join(["a,b,y", *rows, "5,u,1"]))
    with pytest.raises(InputError, match="The data are not those"):
        evaluate(FinishedRun(tmp_path / "run"))


def refuse(run, match):
    """Neither measured nor continued."""
    with pytest.raises(InputError, match=match):
        evaluate(FinishedRun(run), "validation")
    for name in ("metrics.json", "peer_a.keras", "peer_b.keras"):
        (run / name).unlink()
    with pytest.raises(InputError, match=match):
        resume(run)


def write_rows(path, header, rows):
    lines = (",".join(map(str, row)) for row in rows)
    path.write_text("\n".join([header, *lines]) + "\n")


OTHER_VALIDATION = r"examples of the validation part were added, taken away or changed"


@pytest.mark.parametrize("change", ["label", "input", "gone"])
def test_a_validation_part_that_was_changed_is_not_measured_as_before(tmp_path, change):
    photos = tmp_path / "photos"
    for part, count in (("train", 20), ("val", 5), ("test", 5)):
        write_classes(photos / part, {"a": count, "b": count}, height=8, width=8)
    run = tmp_path / "run"
    train(TrainSettings(dataset=f"folder:{photos}", **SETTINGS), run)
    assert evaluate(FinishedRun(run), "validation")["count"] == 10
    one = sorted((photos / "val" / "a").iterdir())[0]
    if change == "label":
        one.rename(photos / "val" / "b" / "moved.png")
    elif change == "input":
        write_image(one, height=8, width=8, seed=99_999)
    else:
        one.unlink()
    refuse(run, OTHER_VALIDATION)


@pytest.mark.parametrize("change", ["label", "input"])
def test_a_validation_part_that_a_column_names_is_known_again(tmp_path, change):
    words = ["train"] * 6 + ["validation", "validation", "test", "test"]
    rows = [[i * i * 1.5, "uvw"[i % 3], i % 2, words[i % 10]] for i in range(80)]
    path = tmp_path / "t.csv"
    write_rows(path, "a,b,y,part", rows)
    settings = TrainSettings(
        dataset=f"csv:{path}", target="y", parts="part", epochs=1, batch_size=16
    )
    train(settings, tmp_path / "run")
    assert evaluate(FinishedRun(tmp_path / "run"), "validation")["count"] == 16
    rows[6][2 if change == "label" else 0] = 1 - rows[6][2]
    write_rows(path, "a,b,y,part", rows)
    refuse(tmp_path / "run", OTHER_VALIDATION)


def test_a_validation_share_whose_label_was_changed_is_not_measured_as_before(tmp_path):
    rows = [[i * i * 1.5, "uvw"[i % 3], i % 2] for i in range(80)]
    path = tmp_path / "t.csv"
    write_rows(path, "a,b,y", rows)
    settings = TrainSettings(
        dataset=f"csv:{path}", target="y", validation_split=0.2, epochs=1, batch_size=16
    )
    train(settings, tmp_path / "run")
    dataset = FinishedRun(tmp_path / "run").dataset()
    used = [*dataset.train_index, *dataset.test_index]
    held_out = np.setdiff1d(np.arange(80), used)
    assert len(held_out) == evaluate(FinishedRun(tmp_path / "run"), "validation")["count"]
    rows[held_out[0]][2] = 1 - rows[held_out[0]][2]
    write_rows(path, "a,b,y", rows)
    refuse(tmp_path / "run", OTHER_VALIDATION)
