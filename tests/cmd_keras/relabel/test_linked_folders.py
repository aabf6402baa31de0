"""A copy of a folder holds all that is read of it, through links as they are read."""

import os
import shutil

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.corrections import correct_labels
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel
from cmd_keras.relabel.changes import Changes
from cmd_keras.relabel.write_folder import write_folder

from .test_relabel import content, decide, images, reviewed


@pytest.fixture
def photos(tmp_path):
    images(tmp_path / "photos")
    return tmp_path / "photos"


def relabelled(tmp_path, links=False):
    """The data, what they should be, and what the copy holds."""
    name = f"folder:{tmp_path / 'photos'}"
    path = decide(dataset := data.load(name), tmp_path / "corrections.csv")
    written = relabel(reviewed(tmp_path, dataset=name), path, tmp_path / "new", links)
    assert (written.relabelled, written.removed) == (3, 2)
    copy = data.load(f"folder:{tmp_path / 'new'}")
    return dataset, correct_labels(dataset, path), copy


@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("linked", ["emu", "emu/deep", "cat"])
def test_a_linked_folder_is_in_the_copy(photos, tmp_path, linked, links):
    shutil.move(photos / linked, tmp_path / "elsewhere")
    (photos / linked).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    dataset, wanted, copy = relabelled(tmp_path, links)
    assert len(dataset.train) + len(dataset.test) == 24
    assert copy.class_names == dataset.class_names
    assert content(copy) == content(wanted)
    assert len(copy.train) + len(copy.test) == 22


def test_links_that_go_round_and_files_that_are_no_images_come_along(photos, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more/about.txt").write_text("about")
    (photos / ".more").symlink_to(tmp_path / "more")
    (tmp_path / "more/back").symlink_to(photos)
    (photos / ".up").symlink_to(tmp_path)
    _, wanted, copy = relabelled(tmp_path)
    assert content(copy) == content(wanted)
    assert (tmp_path / "new/.more/about.txt").read_text() == "about"
    assert not (tmp_path / "new/.more/back").exists()
    assert not (tmp_path / "new/.up").exists()


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_another_name_of_an_image_does_not_stay_behind(photos, tmp_path, link):
    for i in range(8):
        link(photos / f"cat/{i}.png", photos / f"cat/x{i}.png")
        link(photos / f"dog/{i}.png", photos / f"dog/x{i}.png")
    with pytest.warns(Notice, match="16 links to images of the same class will not be in the copy"):
        _, wanted, copy = relabelled(tmp_path)
    assert content(copy) == content(wanted)
    assert len(copy.train) + len(copy.test) == 22


def test_a_class_is_called_in_each_part_what_it_is_called_there(tmp_path):
    images(tmp_path / "photos", ("train", "test"))
    (tmp_path / "photos/test/dog").rename(tmp_path / "photos/test/Dog")
    dataset = data.load(f"folder:{tmp_path / 'photos'}")
    names = [dataset.train_names[0], dataset.test_names[0]]
    rows = [f"{name},relabel,dog" for name in names]
    (tmp_path / "c.csv").write_text("\n".join(["file,action,label", *rows]))
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    relabel(run, str(tmp_path / "c.csv"), tmp_path / "new")
    assert {path.name for path in (tmp_path / "new/train").iterdir()} == {"cat", "dog", "emu"}
    assert {path.name for path in (tmp_path / "new/test").iterdir()} == {"cat", "Dog", "emu"}
    wanted = correct_labels(dataset, str(tmp_path / "c.csv"))
    assert content(data.load(f"folder:{tmp_path / 'new'}")) == content(wanted)


def test_an_example_that_would_not_be_written_is_refused(photos, tmp_path):
    dataset = data.load(f"folder:{photos}")
    changes = Changes.between(dataset, dataset.with_training(np.arange(1, len(dataset.train))))
    for name in (dataset.train_names[0], dataset.test_names[0]):
        (photos / name).unlink()
    (tmp_path / "new").mkdir()
    with pytest.raises(InputError, match=f"1 example of .*, such as '{dataset.test_names[0]}', is"):
        write_folder(photos, changes, tmp_path / "new", links=False)
    assert not list((tmp_path / "new").iterdir())
