"""What was decided about an example is not carried out on another one that has its name now."""

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.csv_text import csv_text
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.errors import InputError
from cmd_keras.label_review import review_labels
from cmd_keras.run.results.label_table import label_table
from tests.cmd_keras.data.images import write_classes, write_image

NAMES = ("ant", "bee", "cow")


def rows(count=60):
    """Rows of a table that is sorted by class, two of which are the same."""
    rng = np.random.default_rng(0)
    made = [f"{rng.normal():.6f},{NAMES[3 * i // count]}" for i in range(count)]
    return [*made, made[-1]]


def load_csv(rows, folder, **options):
    (folder / "own.csv").write_text("\n".join(["what,class", *rows]))
    return data.load(f"csv:{folder / 'own.csv'}", target="class", **options)


def load_npz(rows, folder, **options):
    x, y = zip(*(row.split(",") for row in rows), strict=True)
    np.savez(folder / "own.npz", x=np.array(x, float)[:, None], y=np.array(y))
    return data.load(f"npz:{folder / 'own.npz'}", **options)


@pytest.fixture(params=[load_csv, load_npz])
def load(request, tmp_path):
    return lambda rows, **options: request.param(rows, tmp_path, **options)


def tables(dataset):
    """Header and rows of all labels, part by part, as runs and reviews write them."""
    found = []
    for part, labels in (("train", dataset.given_labels), ("test", dataset.test_labels)):
        p = np.full((len(labels), dataset.num_classes), 1.0 / dataset.num_classes)
        review = review_labels(labels, p)
        named = NamedExamples.of(dataset, part)
        found.append(label_table(review, named, dataset.class_names))
    return found


def decide(path, header, row, action, label=""):
    """A table of one decision, the row of which is as it was written."""
    path.write_text(csv_text([*header, "action", "label"], [[*row, action, label]]))
    return str(path)


def row_of(dataset, place, part):
    """The header of the table of a part, and the row of one of its examples."""
    header, found = tables(dataset)[part]
    index = (dataset.train_index, dataset.test_index)[part][place]
    return header, next(row for row in found if row[0] == index)


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("action", ["keep", "relabel", "remove"])
def test_where_a_row_was_taken_out_others_are_not_taken_for_it(load, tmp_path, part, action):
    dataset = load(rows())
    at = len((dataset.train, dataset.test)[part]) // 2
    header, row = row_of(dataset, at, part)
    assert header[-1] == "key"
    if part == 1 and action == "remove":
        return
    number, was = row[0], row[header.index("given_name")]
    label = NAMES[NAMES.index(was) - 1] if action == "relabel" else ""
    path = decide(tmp_path / "c.csv", header, row, action, label)
    # The data as they were take it, also when what is decided is carried out on them.
    load(rows(), corrections=path)
    without_first, without_it = rows()[1:], rows()[:number] + rows()[number + 1 :]
    for left in (without_first, without_it):
        # Neither the class nor the name tells that another example is there.
        assert left[number].split(",")[1] == was
        with pytest.raises(InputError, match=r"c\.csv, line 2: .*have changed since") as error:
            load(left, corrections=path)
        now = load(left)
        names = dict(zip(now.train_index.tolist(), now.train_names, strict=True))
        names |= dict(zip(now.test_index.tolist(), now.test_names, strict=True))
        meant = f"is {names[number - 1]!r} now"
        assert (meant in str(error.value)) == (left is without_first)


def test_a_table_without_keys_goes_by_names_alone(load, tmp_path):
    dataset = load(rows())
    header, row = row_of(dataset, 5, 0)
    for key in ([header[:-1], row[:-1]], [header, (*row[:-1], "")]):
        path = decide(tmp_path / "c.csv", *key, "keep")
        with pytest.raises(InputError, match=r"was decided when|there is no example"):
            load(rows()[30:], corrections=path)
        load(rows()[1:], corrections=decide(tmp_path / "c.csv", ["file"], [row[1]], "keep"))


def test_copies_have_one_key_and_which_of_them_is_meant_is_not_guessed(load, tmp_path):
    dataset = load([*rows(), *rows()[:2]])
    keys = {}
    for header, found in tables(dataset):
        keys |= {row[0]: row[header.index("key")] for row in found}
    # The second of two, taken out, leaves the key of the first as it was.
    assert keys[59] == keys[60]
    assert (keys[0], keys[1]) == (keys[61], keys[62])
    assert len(set(keys.values())) == 60
    # No spreadsheet takes it for a number.
    assert all(key[0] == "x" and len(key) == 13 for key in keys.values())
    first = tables(load([*rows()[:2], *rows()]))
    again = {row[0]: row[-1] for _, found in first for row in found}
    assert (again[0], again[2]) == (keys[0], keys[0])
    header, row = ("file", "key"), (dataset.train_names[0], keys[59])
    path = decide(tmp_path / "c.csv", header, row, "keep")
    with pytest.raises(InputError, match=r"have changed since, or .* or parts\. Review them again"):
        load([*rows(), *rows()[:2]], corrections=path)


def test_an_image_is_known_by_its_file(tmp_path):
    photos = write_classes(tmp_path / "photos", {"a": 9, "b": 9})
    dataset = data.load(f"folder:{photos}")
    header, row = row_of(dataset, 0, 0)
    path = decide(tmp_path / "c.csv", header, row, "keep")
    data.load(f"folder:{photos}", corrections=path)
    write_image(photos / dataset.train_names[0], seed=99)
    # Whichever part it is in now.
    with pytest.raises(InputError, match="has another content"):
        data.load(f"folder:{photos}", corrections=path)


def test_without_names_a_number_is_that_of_the_part_beside_it(tmp_path):
    digits = data.load("digits")
    (header, train), (test_header, test) = tables(digits)
    assert header == test_header
    assert header[:3] == ("index", "part", "given")
    # Their places never change, so that there is nothing else to know them by.
    assert "key" not in header
    number = 7
    of_train, of_test = (next(r for r in found if r[0] == number) for found in (train, test))
    label = str((digits.given_labels[number] + 1) % 10)
    path = decide(tmp_path / "c.csv", header, of_train, "relabel", label)
    changed = data.load("digits", corrections=path).given_labels != digits.given_labels
    assert np.flatnonzero(changed).tolist() == [number]
    # Also where the label of the training example of that number is the same.
    for given in ({}, {"given": int(label) - 1, "given_name": digits.class_names[int(label) - 1]}):
        row = [given.get(name, cell) for name, cell in zip(header, of_test, strict=True)]
        path = decide(tmp_path / "c.csv", header, row, "relabel", label)
        with pytest.raises(InputError, match=r"line 2: example 7 is of the part 'test', .* alone"):
            data.load("digits", corrections=path)


def test_a_column_of_ones_own_may_be_called_key_or_part(load, tmp_path):
    before = load(rows())
    name = before.train_names[0]
    (tmp_path / "own-decisions.csv").write_text(
        csv_text(("file", "action", "key", "part"), [(name, "remove", "s3/ant/17", "front")])
    )
    after = load(rows(), corrections=str(tmp_path / "own-decisions.csv"))
    assert len(after.train) == len(before.train) - 1
