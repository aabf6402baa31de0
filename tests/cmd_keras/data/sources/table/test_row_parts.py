"""Rows are trained and tested with as a column of the table says."""

import csv
import json
import warnings

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel
from cmd_keras.review.review import say_unjudged
from cmd_keras.run import TrainSettings, train
from cmd_keras.run.results.evaluate import evaluate
from cmd_keras.run.results.finished_run import FinishedRun
from tests.cmd_keras.data.images import write_classes

WORDS = {"train": "Training", "test": "TEST set", "validation": "val"}


def numbers(count=60, roles=("train", "train", "validation", "test")):
    """Rows of a table, whose number `a` says the class and whose `b` is the row."""
    return [
        {"a": str(i % 2 + i / 1000), "b": str(i * 7 % 13), "part": WORDS[roles[i % len(roles)]],
         "y": ("no", "yes")[i % 2]}
        for i in range(count)
    ]  # fmt: skip


def written(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path, source="csv", **options):
    return data.load(f"{source}:{path}", target="y", **{"parts": "part", **options})


def test_each_row_of_a_table_is_in_its_part(tmp_path):
    rows = numbers()
    dataset = load(written(tmp_path / "t.csv", rows))
    assert dataset.train_index.tolist() == [i for i in range(60) if i % 4 < 2]
    assert dataset.test_index.tolist() == list(range(3, 60, 4))
    assert dataset.test_labels.tolist() == [1] * 15
    assert dataset.has_own_validation
    assert (len(dataset.validation), dataset.validation_labels.tolist()) == (15, [0] * 15)
    # The column is no input, and what is normalised is so by the training rows.
    assert dataset.input_shape == (2,)
    assert set(dataset.input_format.numeric) == {"a", "b"}
    a = np.array([float(row["a"]) for row in rows])
    assert dataset.input_format.numeric["a"] == pytest.approx(a[dataset.train_index].mean())
    # Who an example is does not depend on the part that it is in.
    others = load(written(tmp_path / "t.csv", numbers(roles=("test", "train", "train"))))
    keys = dict(zip(dataset.train_index.tolist(), dataset.train_keys, strict=True))
    assert all(
        keys.get(i, key) == key
        for i, key in zip(others.train_index.tolist(), others.train_keys, strict=True)
    )


def image_rows(photos, roles=("train", "train", "validation", "test")):
    paths = sorted(photos.rglob("*.png"))
    return [
        {"path": p.relative_to(photos).as_posix(), "part": WORDS[roles[i % len(roles)]],
         "y": p.parent.name}
        for i, p in enumerate(paths)
    ]  # fmt: skip


@pytest.fixture
def photos(tmp_path):
    return write_classes(tmp_path / "photos", {"dog": 16, "cat": 8})


def test_each_image_of_a_table_is_in_its_part(photos):
    rows = image_rows(photos)
    dataset = load(written(photos / "list.csv", rows), "images")

    def named(word):
        return tuple(row["path"] for row in rows if row["part"] == WORDS[word])

    assert (dataset.train_names, dataset.test_names) == (named("train"), named("test"))
    assert len(dataset.validation) == len(named("validation")) == 6
    assert dataset.has_own_validation
    assert dataset.validation_labels.tolist() == [0, 0, 1, 1, 1, 1]


def test_a_file_is_in_one_part(photos):
    rows = image_rows(photos)
    again = {**rows[0], "part": WORDS["test"]}
    with pytest.raises(InputError, match=r"different parts in lines 2, 26\. Leave each file in"):
        load(written(photos / "list.csv", [*rows, again]), "images")
    dataset = load(written(photos / "list.csv", [*rows, rows[0]]), "images")
    assert len(dataset.train) == 12


def test_a_validation_part_is_tested_with_where_there_is_no_other(tmp_path):
    path = written(tmp_path / "t.csv", numbers(roles=("train", "train", "validation")))
    with pytest.warns(Notice, match=r"that 'part' calls 'val' are tested with: there are no other"):
        dataset = load(path)
    assert dataset.test_index.tolist() == list(range(2, 60, 3))
    assert dataset.validation is None
    assert not dataset.has_own_validation


def test_without_any_the_usual_share_is_held_out(tmp_path):
    path = written(tmp_path / "t.csv", numbers(roles=("train",)))
    with pytest.warns(Notice, match=r"'part' of .* of no row that .*: 0\.5 of them all are held"):
        dataset = load(path, test_split=0.5)
    rows = [{k: v for k, v in row.items() if k != "part"} for row in numbers()]
    same = load(written(tmp_path / "u.csv", rows), parts=None, test_split=0.5)
    assert dataset.test_index.tolist() == same.test_index.tolist()
    assert 15 < len(dataset.test) < 45


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"part": ""}, {}, "'part' of .* says '' in line 2, and is to say train, test or valid"),
        ({"part": "0"}, {}, "says '0' in line 2"),
        ({"part": "train test"}, {}, "says 'train test' in line 2"),
        ({"y": "rare", "part": "test"}, {}, "calls train has the class of the rows in line 2"),
        ({}, {"parts": "prt"}, "no column 'prt'. Did you mean 'part'"),
        ({}, {"parts": "y"}, "Column 'y' has two roles: it is named as target and as parts"),
        ({}, {"ignore": ("part",)}, "Column 'part' has two roles"),
        ({}, {"categorical": ("part",)}, "Column 'part' has two roles"),
    ],
)
def test_what_cannot_be_meant_is_said(tmp_path, change, options, said):
    rows = numbers()
    path = written(tmp_path / "t.csv", [{**rows[0], **change}, *rows[1:]])
    with pytest.raises(InputError, match=said):
        load(path, **options)


@pytest.mark.parametrize("called", ["split", "Data Split", "fold", "subset_part"])
def test_a_column_that_is_called_so_and_learned_from_is_said(tmp_path, called):
    rows = [
        {called: i % 3, "a": row["a"], "splitting": row["b"], "y": row["y"]}
        for i, row in enumerate(numbers())
    ]
    path = written(tmp_path / "t.csv", rows)
    said = f"Column '{called}' .* says '0', and is learned from"
    with pytest.warns(Notice, match=said) as notices:
        assert load(path, parts=None).input_shape == (3,)
    assert len([n for n in notices if "is called as if" in str(n.message)]) == 1
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always")
        assert load(path, parts=None, ignore=(called,)).input_shape == (2,)
    assert not [n for n in notices if "is called as if" in str(n.message)]


def test_an_example_of_the_validation_part_is_not_corrected_but_in_the_data(tmp_path):
    path = written(tmp_path / "t.csv", numbers())
    (tmp_path / "c.csv").write_text(f"file,action,label\n{path} line 4,relabel,yes\n")
    said = r"there is no example .*line 4'.* of its own validation part are not corrected so"
    with pytest.raises(InputError, match=said):
        load(path, corrections=str(tmp_path / "c.csv"))


def test_some_rows_must_be_for_training(tmp_path):
    path = written(tmp_path / "t.csv", numbers(roles=("test", "validation")))
    with pytest.raises(InputError, match="says train of no row, but 'TEST set' and 'val'"):
        load(path)


def test_it_is_an_option_of_tables_and_says_so(photos):
    with pytest.raises(InputError, match=r"parts does not apply to .*; it is an option of images"):
        data.load(f"folder:{photos}", parts="part")
    path = written(photos / "list.csv", image_rows(photos))
    with pytest.raises(InputError, match="Column 'path' has two roles"):
        load(path, "images", parts="path", files="path")


def test_a_share_that_is_asked_for_besides_and_copies_are_said(tmp_path):
    rows = numbers()
    path = written(tmp_path / "t.csv", [*rows, {**rows[0], "part": "test"}])
    with pytest.warns(Notice) as said:
        load(path, test_split=0.4)
    messages = [str(warning.message) for warning in said]
    assert [m.split(" means nothing")[0] for m in messages if "test_split" in m] == [
        "test_split 0.4"
    ]
    assert [m[:10] for m in messages if "copies" in m] == ["1 of 16 di"]


def test_copies_of_training_rows_in_the_validation_part_are_said(tmp_path):
    rows = numbers()
    copies = [{**row, "part": "val"} for row in rows[:2]]
    path = written(tmp_path / "t.csv", [*rows, *copies])
    with pytest.warns(Notice, match="2 of 17 different validation examples .* copies of training"):
        load(path)


def test_copies_of_a_row_are_trained_or_tested_with_together(tmp_path):
    rows = [{**row, "b": str(i)} for i, row in enumerate(numbers())]
    twice = [{"a": row["a"], "b": row["b"], "y": row["y"]} for row in [*rows, *rows]]
    dataset = load(written(tmp_path / "t.csv", twice), parts=None)
    train, test = ({i % 60 for i in part} for part in (dataset.train_index, dataset.test_index))
    assert test
    assert not train & test


def test_a_column_that_says_parts_and_was_not_named_is_left_out_and_said(tmp_path, photos):
    path = written(tmp_path / "t.csv", numbers())
    with pytest.warns(Notice, match=r"'part' of .* To do so: parts='part'\."):
        dataset = load(path, parts=None)
    assert dataset.input_shape == (2,)
    with pytest.warns(Notice, match=r"'part' of .* To do so: parts='part'\."):
        load(written(photos / "list.csv", image_rows(photos)), "images", parts=None)
    rows = [{**row, "part": row["part"] if i else ""} for i, row in enumerate(numbers())]
    with pytest.warns(Notice, match=r"'part' of .* To do so: parts='part'\."):
        load(written(tmp_path / "u.csv", rows), parts=None)
    # One who says that it is a category is believed.
    assert load(path, parts=None, categorical=("part",)).input_shape == (2 + 4,)


def test_a_review_says_that_it_does_not_judge_the_validation_part(tmp_path):
    path = written(tmp_path / "t.csv", numbers())
    with pytest.warns(Notice, match="The 15 labels of the validation part of csv:.* are not judg"):
        say_unjudged(load(path))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        say_unjudged(load(written(tmp_path / "u.csv", numbers(roles=("train", "test", "test")))))


def test_a_run_trains_and_tests_by_it_and_its_labels_are_corrected(tmp_path):
    path = written(tmp_path / "t.csv", numbers())
    settings = TrainSettings(dataset=f"csv:{path}", target="y", parts="part", epochs=15)
    metrics = train(settings, tmp_path / "run")
    assert metrics["labels"]["count"] == 30
    assert metrics["best"]["note"] == (
        "epoch with the highest validation_mean_accuracy, chosen on the validation share"
    )
    written_settings = json.loads((tmp_path / "run/config.json").read_text())["settings"]
    assert written_settings["parts"] == "part"
    measured = evaluate(FinishedRun(tmp_path / "run"), "validation")
    assert measured["count"] == 15
    assert measured["ensemble_accuracy"] == 1.0
    first, _, third, *_ = data.load(f"csv:{path}", target="y", parts="part").train_names
    decided = f"file,action,label\n{first},relabel,yes\n{third},remove,\n"
    (tmp_path / "c.csv").write_text(decided)
    relabel(tmp_path / "run", str(tmp_path / "c.csv"), tmp_path / "new.csv")
    old, new = (p.read_text().splitlines() for p in (path, tmp_path / "new.csv"))
    assert new == [old[0], old[1].removesuffix("no") + "yes", *old[2:5], *old[6:]]
