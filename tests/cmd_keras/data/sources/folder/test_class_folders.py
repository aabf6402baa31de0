"""Which folders are of which class."""

import os

import numpy as np
import pytest
from PIL import Image

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_classes


def load(root, **kwargs):
    return data.load(f"folder:{root}", **kwargs)


def test_names_of_classes_that_look_the_same_are_one_between_parts(tmp_path):
    write_classes(tmp_path / "train", {"cafe\u0301": 3, "dog": 3, "Hen": 3})
    write_classes(tmp_path / "test", {"caf\u00e9 ": 2, "do\u200bg": 1, "hen": 1})
    with pytest.warns(Notice, match=r"In .*/test, 'hen' is 'Hen'\.") as caught:
        dataset = load(tmp_path)
    assert len(caught) == 1
    assert dataset.class_names == ("Hen", "caf\u00e9", "dog")
    assert dataset.test_labels.tolist() == [1, 1, 2, 0]
    assert dataset.given_labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("one", "two", "match"),
    [
        ("caf\u00e9", "cafe\u0301", r"'cafe\\u0301' and 'café', whose names look the same"),
        ("cat", "cat\u200b", r"'cat' and 'cat\\u200b', whose names look the same"),
        ("cat", " cat", r"' cat' and 'cat', whose names look the same"),
        ("cat", "\u200b\ufeff", r"'\\u200b\\ufeff', of which nothing can be seen"),
    ],
)
def test_two_classes_that_look_the_same_are_refused(one, two, match, tmp_path):
    write_classes(tmp_path, {one: 2, two: 2, "dog": 2})
    with pytest.raises(InputError, match=match):
        load(tmp_path)


def test_classes_that_differ_in_case_stay_apart_and_are_said(tmp_path):
    write_classes(tmp_path / "train", {"A": 2, "a": 2, "b": 2})
    write_classes(tmp_path / "test", {"a": 1, "A": 2})
    with pytest.warns(Notice, match=r"upper and lower case only: 'A' and 'a'\. They stay"):
        dataset = load(tmp_path)
    assert dataset.class_names == ("A", "a", "b")
    assert dataset.test_labels.tolist() == [0, 0, 1]


def test_an_image_of_two_parts_is_refused(tmp_path):
    write_classes(tmp_path / "train", {"a": 2, "b": 2})
    write_classes(tmp_path / "test", {"a": 1})
    (tmp_path / "test" / "a" / "x.png").symlink_to(tmp_path / "train" / "a" / "01.png")
    with pytest.raises(InputError, match=r"train/a/01.png and .*test/a/x.png are the same file"):
        load(tmp_path)


def test_a_set_of_links_to_files_elsewhere_is_read(tmp_path):
    write_classes(tmp_path / "store", {"all": 8})
    for i in range(8):
        link = tmp_path / "set" / "ab"[i % 2] / f"{i}.png"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(tmp_path / "store" / "all" / f"0{i}.png")
    dataset = load(tmp_path / "set")
    assert len(dataset.train) + len(dataset.test) == 8
    for name, image in zip(dataset.train_names, dataset.train.in_order(), strict=True):
        np.testing.assert_array_equal(image, np.asarray(Image.open(tmp_path / "set" / name)))


def test_an_empty_class_is_told_what_it_has(tmp_path):
    write_classes(tmp_path, {"a": 2, "b": 2})
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "film.mp4").touch()
    with pytest.raises(
        InputError, match=r"/c holds no image \(.jpg, .*\)\. It has \.mp4 \(1\)\. Remove"
    ):
        load(tmp_path)


def test_a_name_with_a_line_break_leads_to_its_file_and_is_one_line_in_a_message(tmp_path):
    write_classes(tmp_path, {"a\nb": 3, "[red] $x$ %s": 3})
    os.rename(tmp_path / "a\nb" / "00.png", tmp_path / "a\nb" / "[0]$\n\x1b[31m.png")
    dataset = load(tmp_path, test_split=0.1)
    assert dataset.class_names == ("[red] $x$ %s", r"a\nb")
    assert all((tmp_path / name).is_file() for name in dataset.train_names)
    (tmp_path / "a\nb" / "[0]$\n\x1b[31m.png").write_text("no image")
    with pytest.raises(InputError, match=r"a\\nb/\[0\]\$\\n\\x1b\[31m\.png") as caught:
        load(tmp_path)
    assert str(caught.value).isprintable()
