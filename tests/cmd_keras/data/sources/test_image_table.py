"""Images that a table lists: the same data as a folder of them, with the labels of the table."""

import csv
import unicodedata

import numpy as np
import pytest
from PIL import Image

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_classes, write_image


@pytest.fixture
def photos(tmp_path):
    return write_classes(tmp_path / "photos", {"dog": 20, "cat": 10})


def write(path, rows, header=("path", "label")):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def rows_of(photos):
    """`(path, class)` of every image, in an order that is not that of the folder."""
    paths = sorted(photos.rglob("*.png"), key=lambda path: path.read_bytes())
    return [(path.relative_to(photos).as_posix(), path.parent.name) for path in paths]


def load(path, **options):
    return data.load(f"images:{path}", target="label", **options)


def by_name(dataset):
    """Part, class and pixels of each image."""
    found = {}
    for part, names, labels, inputs in (
        ("train", dataset.train_names, dataset.given_labels, dataset.train),
        ("test", dataset.test_names, dataset.test_labels, dataset.test),
    ):
        for name, label, image in zip(names, labels, inputs.in_order(), strict=True):
            found[name] = (part, dataset.class_names[label], image.numpy().tobytes())
    return found


def test_it_is_what_a_folder_of_the_same_images_is(photos):
    dataset = load(write(photos / "list.csv", rows_of(photos)))
    folder = data.load(f"folder:{photos}")
    assert by_name(dataset) == by_name(folder)
    assert dataset.class_names == folder.class_names == ("cat", "dog")
    assert (dataset.augmentation, dataset.input_shape) == (folder.augmentation, (12, 10, 3))
    assert set(dataset.test_keys) == set(folder.test_keys)


def test_the_label_is_that_of_the_table_and_the_index_that_of_the_row(photos):
    rows = [(path, "cat" if i % 3 else "dog") for i, (path, _) in enumerate(rows_of(photos))]
    dataset = load(write(photos / "list.csv", rows))
    for names, index, labels in (
        (dataset.train_names, dataset.train_index, dataset.given_labels),
        (dataset.test_names, dataset.test_index, dataset.test_labels),
    ):
        said = [
            (name, dataset.class_names[label]) for name, label in zip(names, labels, strict=True)
        ]
        assert said == [rows[row] for row in index]


@pytest.mark.parametrize(
    ("spell", "options"),
    [
        (lambda path: path.removesuffix(".png"), {"files": "path"}),
        (lambda path: path.replace("/", "\\"), {}),
        (lambda path: path.replace("/", "\\").removesuffix(".png"), {"files": "path"}),
        (lambda path: f"./{path}", {}),
    ],
    ids=["no suffix", "Windows", "Windows, no suffix", "dot"],
)
def test_paths_are_found_however_they_are_written(photos, spell, options):
    rows = [(spell(path), label) for path, label in rows_of(photos)]
    dataset = load(write(photos / "list.csv", rows), **options)
    assert by_name(dataset) == by_name(data.load(f"folder:{photos}"))


def test_the_table_may_lie_elsewhere(photos, tmp_path):
    table = write(tmp_path / "else.csv", rows_of(photos))
    assert by_name(load(table, data_dir=str(photos))) == by_name(data.load(f"folder:{photos}"))
    whole = write(
        tmp_path / "whole.csv", [(photos / path, label) for path, label in rows_of(photos)]
    )
    found = by_name(load(whole))
    # Beside the table: the name is what is left of the path.
    assert set(found) == {f"photos/{path}" for path, _ in rows_of(photos)}


def test_the_column_of_paths_is_the_one_that_is_meant(photos):
    rows = [(path, path, label) for path, label in rows_of(photos)]
    table = write(photos / "list.csv", rows, ("path", "thumb", "label"))
    with pytest.raises(InputError, match=r"columns 'path' and 'thumb' of .* Say which one"):
        load(table)
    assert len(load(table, files="thumb").train_names) > 0


def test_a_file_that_comes_again_with_its_label_is_used_once(photos):
    rows = rows_of(photos)
    with pytest.warns(Notice, match="2 rows of .* another row has named; each file is used once"):
        dataset = load(
            write(photos / "list.csv", [*rows, rows[3], (f"./{rows[4][0]}", rows[4][1])])
        )
    assert by_name(dataset) == by_name(data.load(f"folder:{photos}"))


def test_16_bits_grey_and_sizes_are_as_in_a_folder(tmp_path):
    folder = tmp_path / "photos"
    for i in range(8):
        write_image(folder / "ab"[i % 2] / f"{i}.png", height=80 + i, width=90, seed=i)
    table = write(folder / "list.csv", rows_of(folder))
    assert load(table).input_shape == data.load(f"folder:{folder}").input_shape == (224, 224, 3)
    assert load(table, image_size=32).input_shape == (32, 32, 3)


def bad(photos, kind):
    rows = rows_of(photos)
    match kind:
        case "nowhere":
            rows = [(f"gone/{path}", label) for path, label in rows]
        case "one is missing":
            rows[2] = ("dog/none.png", "dog")
        case "no image":
            (photos / "dog/torn.png").write_bytes(b"torn")
            rows[2] = ("dog/torn.png", "dog")
        case "a folder":
            (photos / "dog/x.png").mkdir()
            rows[2] = ("dog/x.png", "dog")
        case "two labels":
            rows.append((rows[0][0], "cat" if rows[0][1] == "dog" else "dog"))
        case "no label":
            rows[5] = (rows[5][0], "")
        case "no path":
            rows[5] = ("", "dog")
        case "no rows":
            rows = []
        case "no images":
            rows = [(path.removesuffix(".png"), label) for path, label in rows]
        case "equal":
            image = Image.new("RGB", (12, 10))
            for path in photos.rglob("*.png"):
                image.save(path)
    return write(photos / "list.csv", rows)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("nowhere", r"None of the 30 files in the column 'path' of .* relative to as data_dir"),
        ("one is missing", r"1 of 30 files cannot be read as images: .*none.png \(does not exist\)"),
        ("no image", r"1 of 30 files cannot be read as images: .*torn.png"),
        ("a folder", r"x.png \(is no file\)"),
        ("two labels", r"different labels in lines 2, 32\. Give each file one label"),
        ("no label", r"The target 'label' is missing in 1 row of .*: see line 7"),
        ("no path", r"The column 'path' of .* names no file in line 7\. Fill in"),
        ("no rows", r"has no row below the names of its columns"),
        ("no images", r"No column of .* holds names of image files .* Columns: 'path'"),
        ("equal", "the same"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(photos, kind, said):
    with pytest.raises(InputError, match=said):
        load(bad(photos, kind))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "lable"}, "no column 'lable'"),
        ({"target": "label", "files": "label"}, "Column 'label' has two roles"),
        ({"target": "label", "files": "paths"}, "no column 'paths'"),
        ({"target": "path"}, r"'path' .* named as target\. Instead of target='path' .* 'label'\."),
        ({"target": "label", "parts": "path"}, "no other does, and it is named as parts"),
        ({"target": "label", "data_dir": "/no/where"}, "data_dir '/no/where' is no folder"),
        ({"target": "label", "ignore": ("path",)}, "ignore does not apply"),
        ({}, "needs target"),
    ],
)
def test_options_that_cannot_be_used_are_said_before_anything_is_read(photos, options, said):
    with pytest.raises(InputError, match=said):
        data.load(f"images:{write(photos / 'list.csv', rows_of(photos))}", **options)


def test_files_means_nothing_to_other_sources(photos):
    with pytest.raises(InputError, match=r"files does not apply to .*; it is an option of images"):
        data.load(f"folder:{photos}", files="path")


def test_an_empty_path_in_a_named_column_is_no_file(photos):
    rows = rows_of(photos)
    rows[5] = ("", "dog")
    with pytest.raises(InputError, match="names no file in line 7"):
        load(write(photos / "list.csv", rows), files="path")


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_table", ["NFC", "NFD"])
def test_letters_with_accents_are_found_as_macos_and_others_write_them(photos, on_disk, in_table):
    name = "\u00e9l\u00e8ve/\u00fc ber.png"
    there = photos / unicodedata.normalize(on_disk, name)
    there.parent.mkdir()
    (photos / "dog/03.png").rename(there)
    rows = [(unicodedata.normalize(in_table, name) if path == "dog/03.png" else path, label)
            for path, label in rows_of_dogs_and_cats(photos, there)]  # fmt: skip
    dataset = load(write(photos / "list.csv", rows))
    found = dict(zip((*dataset.train_names, *dataset.test_names),
                     (*dataset.given_labels, *dataset.test_labels), strict=True))  # fmt: skip
    assert found[there.relative_to(photos).as_posix()] == dataset.class_names.index("dog")


def rows_of_dogs_and_cats(photos, there):
    """All that are listed, the one that was moved by the name that it had."""
    paths = [path for path in photos.rglob("*.png") if path != there]
    return [*((path.relative_to(photos).as_posix(), path.parent.name) for path in paths),
            ("dog/03.png", "dog")]  # fmt: skip


def test_names_that_look_the_same_are_not_taken_for_each_other(photos):
    for form in ("NFC", "NFD"):
        write_image(photos / unicodedata.normalize(form, "dog/\u00e9.png"), seed=len(form))
    rows = [*rows_of(photos)[:-2], ("dog/\u00e9.png", "dog")]
    with pytest.raises(InputError, match=r"'dog/|dog holds .* whose names look the same"):
        load(write(photos / "list.csv", rows))


def test_columns_that_are_passed_over_are_said(photos):
    rows = [(path, "ann", label) for path, label in rows_of(photos)]
    with pytest.warns(Notice, match="'path' and 'label' are used; passed over: 'worker'"):
        load(write(photos / "list.csv", rows, ("path", "worker", "label")))


def test_a_suffix_in_capitals_may_be_left_out(photos):
    (photos / "dog/03.png").rename(photos / "dog/03.PNG")
    rows = [(path.rsplit(".", 1)[0], label) for path, label in rows_of(photos)]
    rows += [("dog/03", "dog")]
    dataset = load(write(photos / "list.csv", rows), files="path")
    assert "dog/03.PNG" in (*dataset.train_names, *dataset.test_names)


def test_the_content_is_read_as_arrays_of_the_images(photos):
    dataset = load(write(photos / "list.csv", rows_of(photos)))
    for name, image in zip(dataset.train_names, dataset.train.in_order(), strict=True):
        np.testing.assert_array_equal(image, np.asarray(Image.open(photos / name)))


def test_a_path_without_suffix_that_may_be_two_files_is_refused(photos):
    """A mask often lies beside its photograph, under the same name."""
    write_image(photos / "dog/03.jpg", seed=5)
    rows = [(path.removesuffix(".png"), label) for path, label in rows_of(photos)]
    table = write(photos / "list.csv", rows)
    with pytest.raises(InputError, match=r"'dog/03' has no suffix, and 03.jpg and 03.png are in"):
        load(table, files="path")
    # The same file under two names, and a file whose whole name is written, are clear.
    (photos / "dog/03.jpg").unlink()
    (photos / "dog/03.jpg").symlink_to(photos / "dog/03.png")
    assert "dog/03.jpg" in by_name(load(table, files="path"))
    (photos / "dog/03.jpg").rename(photos / "dog/03")
    assert "dog/03" in by_name(load(table, files="path"))
