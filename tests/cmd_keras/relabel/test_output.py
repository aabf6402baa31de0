"""Where a copy is written, and that it is said at once where it cannot be."""

import os
import shutil

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.relabel import relabel
from cmd_keras.relabel.check import check_relabel

from .test_relabel import files, images, reviewed


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of arrays, in the folder in which it is worked; home is another one."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    x, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3
    np.savez(tmp_path / "own.npz", x=x, y=y)
    (tmp_path / "c.csv").write_text("file,action,label\nx[1],relabel,2\n")
    return reviewed(tmp_path, dataset=f"npz:{tmp_path / 'own.npz'}")


def test_a_tilde_is_the_home_of_the_user(run, tmp_path):
    written = relabel(run, str(tmp_path / "c.csv"), "~/deep/er/o.npz")
    assert written.path == tmp_path / "home/deep/er/o.npz"
    assert written.path.is_file()
    assert not os.listdir(tmp_path / "here")
    with pytest.raises(InputError, match="is there already"):
        check_relabel(run, "~/deep/er/o.npz")


def test_a_tilde_of_nobody_is_refused(run):
    with pytest.raises(
        InputError, match=r"~nobody-here/o\.npz begins with the home .*Write \./~no"
    ):
        check_relabel(run, "~nobody-here/o.npz")


def test_folders_above_a_file_are_made(run, tmp_path):
    relabel(run, str(tmp_path / "c.csv"), "p/q/o.npz")
    assert len(np.load(tmp_path / "here/p/q/o.npz")["x"]) == 60


def test_what_cannot_be_made_is_refused_before_anything_is_read(run, tmp_path, monkeypatch):
    (tmp_path / "here/file").write_text("")
    os.symlink("nowhere", tmp_path / "here/link")
    os.symlink("nowhere.npz", tmp_path / "here/link.npz")
    os.symlink("round.npz", tmp_path / "here/round.npz")
    monkeypatch.setattr(data, "load", None)
    for output, said in (
        ("file/o.npz", "here/file is no folder"),
        ("file/p/o.npz", "here/file is no folder"),
        ("link/o.npz", "here/link is no folder"),
        ("link.npz", "is there already, a link to what is not there"),
        ("round.npz", "is there already, a link to what is not there"),
    ):
        with pytest.raises(InputError, match=said):
            relabel(run, str(tmp_path / "c.csv"), output)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="here may not be written"):
        relabel(run, str(tmp_path / "c.csv"), "p/o.npz")
    assert sorted(os.listdir(tmp_path / "here")) == ["file", "link", "link.npz", "round.npz"]


def test_a_link_to_nowhere_is_no_place_for_a_folder(tmp_path):
    images(tmp_path / "photos")
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    os.symlink(tmp_path / "nowhere", tmp_path / "link")
    with pytest.raises(InputError, match="is there already, a link to what is not there"):
        check_relabel(run, tmp_path / "link")


@pytest.fixture
def linked(tmp_path):
    """A folder of which one class is elsewhere, and of another one a folder below it."""
    images(tmp_path / "photos")
    (tmp_path / "store").mkdir()
    for place in ("cat", "emu/deep"):
        there = tmp_path / "store" / place.replace("/", "-")
        shutil.move(tmp_path / "photos" / place, there)
        os.symlink(there, tmp_path / "photos" / place)
    (tmp_path / "c.csv").write_text("file,action\ncat/1.png,keep\n")
    return reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")


@pytest.mark.parametrize("output", ["store/cat/fixed", "store/cat/a/b", "store/emu-deep/new", "in"])
def test_a_copy_is_not_written_where_a_class_really_is(linked, tmp_path, output):
    os.symlink(tmp_path / "store/cat", tmp_path / "way")
    output = tmp_path / ("way/new" if output == "in" else output)
    before = files(tmp_path / "store")
    with pytest.raises(InputError, match=r"lies in .*store.* is a link to, so that it would be"):
        relabel(linked, str(tmp_path / "c.csv"), output)
    assert files(tmp_path / "store") == before


def test_a_copy_is_not_written_where_a_part_really_is(tmp_path):
    images(tmp_path / "store", ("train", "test"))
    (tmp_path / "photos").mkdir()
    for part in ("train", "test"):
        os.symlink(tmp_path / "store" / part, tmp_path / "photos" / part)
    run = reviewed(tmp_path, dataset=f"folder:{tmp_path / 'photos'}")
    with pytest.raises(InputError, match="photos/test is a link to"):
        check_relabel(run, tmp_path / "store/test/gnu")
    check_relabel(run, tmp_path / "store/new")


def test_a_copy_may_be_written_beside_what_is_read_or_where_nothing_is(linked, tmp_path):
    (tmp_path / "more/back").mkdir(parents=True)
    os.symlink(tmp_path / "more", tmp_path / "photos/.more")
    os.symlink(tmp_path, tmp_path / "photos/.up")
    for output in ("new", "store/new", "store/cat-new", "more/new"):
        check_relabel(linked, tmp_path / output)
    assert len(relabel(linked, str(tmp_path / "c.csv"), tmp_path / "store/new").rounds) == 1
