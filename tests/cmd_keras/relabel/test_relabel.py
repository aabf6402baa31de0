"""A corrected copy, read again, holds what the corrections say; the original stays as it was."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cmd_keras import data
from cmd_keras.data.corrections import correct_labels
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel
from cmd_keras.relabel.changes import Changes
from cmd_keras.relabel.write_csv import line_of_row, write_csv
from cmd_keras.review.opinion import parts_of
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run import TrainSettings
from cmd_keras.run.folder.same_data import about_data

NAMES = ("cat", "dog", "emu")


def reviewed(folder, **settings):
    """A folder of a run with these settings."""
    (folder / "run").mkdir()
    written = {"settings": settings}
    if settings["dataset"].split(":")[-1].startswith("/"):
        options = {name: value for name, value in settings.items() if name != "dataset"}
        written["data"] = about_data(data.load(settings["dataset"], **options))
    (folder / "run/config.json").write_text(json.dumps(written))
    return folder / "run"


def decide(dataset, path):
    """Relabel three examples, of the test part one, and remove two."""
    names = dataset.class_names

    def other(label):
        return names[(label + 1) % len(names)]

    lines = [(dataset.train_names[i], "relabel", other(dataset.given_labels[i])) for i in (0, 5)]
    lines += [(dataset.test_names[0], "relabel", other(dataset.test_labels[0]))]
    lines += [(dataset.train_names[i], "remove", "") for i in (2, 3)]
    path.write_text("\n".join(["file,action,label", *(f'"{a}",{b},{c}' for a, b, c in lines)]))
    return str(path)


def content(dataset):
    """Class by inputs, over both parts."""
    found = {}
    for inputs, labels in (
        (dataset.train, dataset.given_labels),
        (dataset.test, dataset.test_labels),
    ):
        (batch,) = dataset.plain_batches(inputs, 10_000).as_numpy_iterator()
        for x, label in zip(batch, labels, strict=True):
            found[x.tobytes()] = dataset.class_names[label]
    return found


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def images(root, parts=("",), count=8):
    rng = np.random.default_rng(0)
    for part in parts:
        for name in NAMES:
            folder = root / part / name / "deep" if name == "emu" else root / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(0, 255, (9, 9, 3), np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    (root / "notes.txt").write_text("kept")


@pytest.mark.parametrize("parts", [("",), ("train", "test")])
@pytest.mark.parametrize("links", [False, True])
def test_a_folder_has_its_files_in_other_classes(tmp_path, parts, links):
    photos = tmp_path / "photos"
    images(photos, parts)
    before = files(photos)
    name = f"folder:{photos}"
    path = decide(dataset := data.load(name), tmp_path / "corrections.csv")
    written = relabel(reviewed(tmp_path, dataset=name), path, tmp_path / "new", links)
    assert (written.relabelled, written.removed) == (3, 2)
    assert files(photos) == before
    assert len(files(tmp_path / "new")) == len(before) - 2
    assert (tmp_path / "new/notes.txt").read_text() == "kept"
    assert (tmp_path / "new/notes.txt").is_symlink() == links
    copy = data.load(f"folder:{tmp_path / 'new'}")
    corrected = correct_labels(dataset, path)
    assert content(copy) == content(corrected)
    # An example is known by its content, so no part has changed.
    assert set(copy.test_keys) == set(corrected.test_keys)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_table_of_images_has_other_labels_in_every_row_of_a_file(tmp_path, elsewhere):
    photos = tmp_path / "photos"
    images(photos)
    rows = [f"{p.relative_to(photos).as_posix()},x,{p.relative_to(photos).parts[0]}"
            for p in sorted(photos.rglob("*.png"))]  # fmt: skip
    (photos / "list.csv").write_text("\n".join(["path,by,label", *rows, *rows[::3]]) + "\n")
    settings = {"dataset": f"images:{photos / 'list.csv'}", "target": "label"}
    before = files(photos)
    dataset = data.load(settings["dataset"], target="label")
    path = decide(dataset, tmp_path / "corrections.csv")
    # A path in it goes on meaning what it meant where the new table lies beside the old one.
    output = (tmp_path if elsewhere else photos) / "new.csv"
    run = reviewed(tmp_path, **settings)
    if elsewhere:
        with pytest.warns(Notice, match="are relative to .*photos, as they were: name that folder"):
            written = relabel(run, path, output)
    else:
        written = relabel(run, path, output)
    assert (written.relabelled, written.removed) == (3, 2)
    assert {name: text for name, text in files(photos).items() if name != Path("new.csv")} == before
    copy = data.load(f"images:{output}", target="label", data_dir=str(photos))
    assert content(copy) == content(correct_labels(dataset, path))
    lines = output.read_text().splitlines()
    assert lines[0] == "path,by,label"
    assert all(line.split(",")[1] == "x" for line in lines[1:])


@pytest.mark.parametrize("source", ["csv", "images"])
def test_a_column_may_be_typed_with_another_spelling_of_what_looks_the_same(tmp_path, source):
    composed, decomposed = "\u00e9tiquette", "e\u0301tiquette"
    images(tmp_path / "photos")
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.png"))
    rows = [f'"{name}",{i * i % 7},"{NAMES[i % 3]}"' for i, name in enumerate(names)]
    (tmp_path / "own.csv").write_text("\n".join([f"path,x,{composed}", *rows]) + "\n")
    settings = {"dataset": f"{source}:{tmp_path / 'own.csv'}", "target": decomposed}
    settings |= {"ignore": ["path"]} if source == "csv" else {}
    options = {name: value for name, value in settings.items() if name != "dataset"}
    dataset = data.load(settings["dataset"], **options)
    path = decide(dataset, tmp_path / "corrections.csv")
    relabel(reviewed(tmp_path, **settings), path, tmp_path / "new.csv")
    new = (tmp_path / "new.csv").read_text().splitlines()
    changed = [line for line in new if line not in (tmp_path / "own.csv").read_text().splitlines()]
    assert len(changed) == 3
    # What was quoted still is.
    assert all(line.count('"') == 4 for line in changed)


def test_a_file_that_moves_takes_no_name_that_is_taken(tmp_path):
    images(tmp_path / "photos")
    dataset = data.load(f"folder:{tmp_path / 'photos'}")
    cats = [name for name in dataset.train_names if name.startswith("cat/")][:2]
    lines = [f"{name},relabel,dog" for name in cats]
    (tmp_path / "c.csv").write_text("\n".join(["file,action,label", *lines]))
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    relabel(run, str(tmp_path / "c.csv"), tmp_path / "new")
    dogs = {path.name for path in (tmp_path / "new/dog").iterdir()}
    assert dogs == {*(f"{i}.png" for i in range(8)), *(f"{c[4]}-from-cat.png" for c in cats)}
    for name in cats:
        moved = (tmp_path / f"new/dog/{name[4]}-from-cat.png").read_bytes()
        assert moved == (tmp_path / "photos" / name).read_bytes()


def test_a_review_is_taken_as_a_run_is_and_its_runs_say_which_data_they_were(tmp_path):
    x, y = np.random.default_rng(0).normal(size=(60, 4)), np.array(NAMES * 20)
    np.savez(tmp_path / "own.npz", x=x, y=y)
    settings = TrainSettings(dataset=f"npz:{tmp_path / 'own.npz'}")
    dataset = data.load(settings.dataset)
    folder = ReviewFolder.begin(tmp_path / "review", settings, 3)
    for job, part in parts_of(folder, settings, dataset, 3).items():
        job.folder.mkdir(parents=True)
        said = {"settings": job.settings.to_json(), "data": about_data(part)}
        (job.folder / "config.json").write_text(json.dumps(said))
    path = decide(dataset, tmp_path / "corrections.csv")
    written = relabel(folder.path, path, tmp_path / "new.npz")
    assert (written.relabelled, written.removed) == (3, 2)
    assert content(data.load(f"npz:{tmp_path / 'new.npz'}")) == content(
        correct_labels(dataset, path)
    )
    np.savez(tmp_path / "own.npz", x=x + 1.0, y=y)
    with pytest.raises(InputError, match="The data are not those"):
        relabel(folder.path, path, tmp_path / "other.npz")
    assert not (tmp_path / "other.npz").exists()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_keeps_every_byte_but_those_of_its_labels(tmp_path, ending, mark):
    rng = np.random.default_rng(1)
    lines = ['name;"the class";weight']
    for i in range(40):
        text = f'"{i};\n""x"""' if i % 7 == 0 else f"{i:02}"
        lines += [f"{text};{NAMES[i % 3]};{rng.normal():.9f}", *([""] if i == 11 else [])]
    table = tmp_path / "own.csv"
    table.write_bytes((mark + ending.join(lines) + ending).encode())
    before = table.read_bytes()
    settings = {"dataset": f"csv:{table}", "target": "the class", "ignore": ["name"]}
    dataset = data.load(settings["dataset"], target="the class", ignore=["name"])
    path = decide(dataset, tmp_path / "corrections.csv")
    relabel(reviewed(tmp_path, **settings), path, tmp_path / "new.csv")
    assert table.read_bytes() == before
    copy = data.load(f"csv:{tmp_path / 'new.csv'}", target="the class", ignore=["name"])
    weights = {
        line.rsplit(";", 1)[1]: line.rsplit(";", 2)[1]
        for line in (tmp_path / "new.csv").read_text().splitlines()[1:]
        if line.count(";") >= 2
    }
    assert len(copy.train) + len(copy.test) == 38
    corrected = correct_labels(dataset, path)
    rows = {line.rsplit(";", 1)[1]: i for i, line in enumerate(lines[1:]) if line}
    said = dict(zip(corrected.train_names, corrected.given_labels, strict=True))
    said |= dict(zip(corrected.test_names, corrected.test_labels, strict=True))
    assert sorted(weights.values()) == sorted(NAMES[label] for label in said.values())
    assert weights.keys() < rows.keys()
    old, new = (
        data_.decode("utf-8").split(ending)
        for data_ in (before, (tmp_path / "new.csv").read_bytes())
    )
    assert len(set(new) - set(old)) == 3, "three rows have another label, and no other is new"


@pytest.mark.parametrize("how", ["numbers", "texts", "one-hot"])
@pytest.mark.parametrize("own_test", [False, True])
def test_arrays_keep_the_way_in_which_classes_are_written(tmp_path, how, own_test):
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(60, 4)), np.arange(60) % 3
    y = {"numbers": y, "texts": np.array(NAMES)[y], "one-hot": np.eye(3)[y]}[how]
    names = {} if how == "texts" else {"class_names": np.array(NAMES)}
    arrays = {"x": x, "y": y}
    if own_test:
        arrays = {"x_train": x[:40], "y_train": y[:40], "x_test": x[40:], "y_test": y[40:]}
    np.savez(tmp_path / "own.npz", **arrays, **names)
    dataset = data.load(f"npz:{tmp_path / 'own.npz'}")
    path = decide(dataset, tmp_path / "corrections.csv")
    run = reviewed(tmp_path, dataset=f"npz:{tmp_path / 'own.npz'}")
    relabel(run, path, tmp_path / "new.npz")
    copy = data.load(f"npz:{tmp_path / 'new.npz'}")
    assert content(copy) == content(correct_labels(dataset, path))
    with np.load(tmp_path / "own.npz") as old, np.load(tmp_path / "new.npz") as new:
        assert old.files == new.files
        assert all(old[name].dtype == new[name].dtype for name in old.files)


@pytest.mark.parametrize(
    ("settings", "output", "said"),
    [
        ({"dataset": "digits"}, "new", "are in no file of yours"),
        ({"dataset": "npz:own.npz", "noise": "sym:0.4"}, "new.npz", "wrong on purpose"),
        ({"dataset": "npz:own.npz"}, "new", r"must end in \.npz"),
        ({"dataset": "npz:own.npz"}, "run", "is there already"),
        ({"dataset": "npz:own.npz"}, "", "is empty"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, monkeypatch, settings, output, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        relabel(reviewed(tmp_path, **settings), "corrections.csv", output)


def test_a_copy_is_not_written_into_the_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images(tmp_path / "images")
    run = reviewed(tmp_path, dataset="folder:images")
    before = files(tmp_path / "images")
    for inside in ("images/new", "images/gnu/deeper/../new", str(tmp_path / "images" / "new")):
        with pytest.raises(InputError, match="would become one more class of the data"):
            relabel(run, "corrections.csv", inside)
    assert files(tmp_path / "images") == before


def test_rows_that_moved_since_are_refused(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("\n".join(["weight,name", *(f"{i**2}.5,{NAMES[i // 20]}" for i in range(60))]))
    name = f"csv:{table}"
    run = reviewed(tmp_path, dataset=name, target="name")
    path = decide(data.load(name, target="name"), tmp_path / "corrections.csv")
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], *lines[2:]]))
    with pytest.raises(InputError, match="The data are not those"):
        relabel(run, path, tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()


def test_a_row_that_is_gone_is_not_passed_over(tmp_path):
    (tmp_path / "own.csv").write_text("weight,name\n1,cat\n2,dog\n")
    changes = Changes({"own.csv line 2": 0, "own.csv line 4": 1}, {}, frozenset(["own.csv line 4"]))
    with pytest.raises(InputError, match=r"No row of .* begins in line 4 any more"):
        write_csv(tmp_path / "own.csv", "name", changes, line_of_row, tmp_path / "new.csv")


def test_a_wrong_correction_leaves_nothing(tmp_path):
    images(tmp_path / "photos")
    (tmp_path / "c.csv").write_text("file,action\nnowhere.png,remove\n")
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    with pytest.raises(InputError, match=r"no example 'nowhere\.png'"):
        relabel(run, str(tmp_path / "c.csv"), tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "run", "c.csv"}


@pytest.mark.parametrize("parts", [("",), ("train", "test")])
def test_what_lies_beside_images_that_are_gone_does_not_make_an_empty_class(tmp_path, parts):
    images(tmp_path / "photos", parts)
    for part in parts:
        (tmp_path / "photos" / part / "cat/source.txt").write_text("of cats")
        (tmp_path / "photos" / part / "dog/source.txt").write_text("of dogs")
    name = f"folder:{tmp_path / 'photos'}"
    before = data.load(name)
    lines = [
        f"{name},relabel,dog"
        for names, labels in (
            (before.train_names, before.given_labels),
            (before.test_names, before.test_labels),
        )
        for name, label in zip(names, labels, strict=True)
        if label == 0
    ]
    (tmp_path / "c.csv").write_text("\n".join(["file,action,label", *lines]))
    with pytest.warns(Notice) as said:
        relabel(reviewed(tmp_path, dataset=name), str(tmp_path / "c.csv"), tmp_path / "new")
    assert any(f"no image is left, so {len(parts)} file" in str(notice.message) for notice in said)
    copy = data.load(f"folder:{tmp_path / 'new'}")
    assert copy.class_names == ("dog", "emu")
    assert content(copy) == {x: c.replace("cat", "dog") for x, c in content(before).items()}
    assert len(list((tmp_path / "new").rglob("source.txt"))) == len(parts)
    assert (tmp_path / "new/notes.txt").read_text() == "kept"


@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("kind", ["one-hot", "one-hot with names", "numbers with names", "texts"])
def test_a_class_that_is_joined_to_another_is_gone_from_arrays(tmp_path, kind, gone):
    y = np.arange(60) % 3
    names = {"class_names": np.array(NAMES)} if "names" in kind else {}
    written = np.eye(3)[y] if "one-hot" in kind else np.array(NAMES)[y] if kind == "texts" else y
    x = np.random.default_rng(0).normal(size=(60, 4))
    np.savez(tmp_path / "own.npz", x=x, y=written, **names)
    name = f"npz:{tmp_path / 'own.npz'}"
    before = data.load(name)
    other = before.class_names[2]
    lines = [f"x[{i}],relabel,{other}" for i in np.flatnonzero(y == gone)]
    (tmp_path / "c.csv").write_text("\n".join(["file,action,label", *lines]))
    with pytest.warns(Notice, match="2 classes are left"):
        relabel(reviewed(tmp_path, dataset=name), str(tmp_path / "c.csv"), tmp_path / "new.npz")
    copy = data.load(f"npz:{tmp_path / 'new.npz'}")
    was, now = content(before), content(copy)
    if kind == "one-hot":
        # These classes are called by their columns.
        assert copy.class_names == ("0", "1")
        called = {str(1 - gone): "0", str(gone): "1", "2": "1"}
    else:
        assert copy.class_names == tuple(np.delete(NAMES, gone))
        called = {name: name for name in NAMES} | {NAMES[gone]: "emu"}
    assert now == {x: called[c] for x, c in was.items()}
