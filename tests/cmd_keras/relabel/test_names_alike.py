"""Two files whose names look the same are two examples: what is decided about one is about it."""

import os

import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.relabel import relabel

from .test_relabel import files, images, reviewed

PAIRS = [("img 1.png", "img\u202f1.png"), ("\u00e9.png", "e\u0301.png")]


@pytest.fixture(params=PAIRS)
def photos(request, tmp_path):
    """The names of two images that look the same, beside which there are others."""
    images(tmp_path / "photos", count=16)
    for i, name in enumerate(request.param):
        (tmp_path / f"photos/cat/{i}.png").rename(tmp_path / "photos/cat" / name)
    if len(os.listdir(tmp_path / "photos/cat")) < 16:
        pytest.skip("this file system takes both names for one")
    return [f"cat/{name}" for name in request.param]


def test_of_two_images_that_look_the_same_the_right_one_moves(photos, tmp_path):
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    before = files(tmp_path / "photos")
    pixels = {name: (tmp_path / "photos" / name).read_bytes() for name in photos}
    for new, name in enumerate(photos):
        text = f"file,given_name,action,label\n{name},cat,relabel,dog\n"
        (tmp_path / "c.csv").write_text(text, encoding="utf-8")
        relabel(run, str(tmp_path / "c.csv"), tmp_path / f"new-{new}")
        moved = tmp_path / f"new-{new}" / name.replace("cat/", "dog/")
        assert moved.read_bytes() == pixels[name]
        assert len(files(tmp_path / f"new-{new}")) == len(before)
        assert not (tmp_path / f"new-{new}" / name).exists()
    (tmp_path / "c.csv").write_text(f"file,action\n\u200b{photos[0]},keep\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: two examples look like"):
        relabel(run, str(tmp_path / "c.csv"), tmp_path / "none")


def test_one_that_was_taken_out_before_is_not_the_other(photos, tmp_path):
    dataset = data.load(f"folder:{tmp_path / 'photos'}")
    gone, there = sorted(photos, key=lambda name: name not in dataset.train_names)
    (tmp_path / "one.csv").write_text(f"file,action\n{gone},remove\n", encoding="utf-8")
    settings = {"dataset": dataset.name, "corrections": str(tmp_path / "one.csv")}
    run = reviewed(tmp_path, **settings)
    text = f"file,action,label\n{there},relabel,dog\n"
    (tmp_path / "two.csv").write_text(text, encoding="utf-8")
    written = relabel(run, str(tmp_path / "two.csv"), tmp_path / "new")
    assert (written.relabelled, written.removed) == (1, 1)
    assert (tmp_path / "new" / there.replace("cat/", "dog/")).exists()
    (tmp_path / "two.csv").write_text(f"file,action\n{gone},keep\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2: .* was taken out by .*one\.csv"):
        relabel(run, str(tmp_path / "two.csv"), tmp_path / "other")
