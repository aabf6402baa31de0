import os
import warnings

import pytest

from cmd_keras.data.sources.folder.listing import ImageListing, holds_images, list_sub_folders
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def below(files, root, name):
    return [path.relative_to(root).as_posix() for path in files.list_below(root / name)]


def notices(files):
    with warnings.catch_warnings(record=True) as caught:
        files.say_what_was_passed_over()
    assert all(warning.category is Notice for warning in caught)
    return [str(warning.message) for warning in caught]


def test_every_name_of_an_image_is_known(tmp_path):
    names = ["a.jpg", "b.JPEG", "c.jpe", "d.jfif", "e.png", "f.bmp", "g.dib", "h.gif", "i.webp"]
    names += ["j.TIF", "k.tiff", "l/m.jfif"]
    write(tmp_path, *(f"x/{name}" for name in names))
    files = ImageListing(tmp_path)
    assert below(files, tmp_path, "x") == [f"x/{name}" for name in names]
    assert notices(files) == []


def test_what_is_passed_over_is_counted_by_kind_in_one_line(tmp_path):
    write(tmp_path, "labels.csv", "loose.jpg", "x/1.png", "x/1.txt", "x/2.TXT", "x/deep/3.mp4")
    write(tmp_path, "x/noextension", "x/.hidden.jpg", "x/.secret/4.jpg", "x/.gitkeep", "y/2.png")
    write(tmp_path, "__MACOSX/x/._1.png", "x/._1.png", "x/__MACOSX/9.png", "x/Thumbs.db")
    write(tmp_path, "y/desktop.ini", ".DS_Store", "y/.DS_Store", ".git/config", ".own/1.png")
    files = ImageListing(tmp_path)
    assert list_sub_folders(tmp_path) == ["x", "y"]
    assert below(files, tmp_path, "x") + below(files, tmp_path, "y") == ["x/1.png", "y/2.png"]
    files.count_beside_classes(tmp_path)
    assert notices(files) == [
        f"Passed over in {tmp_path}: .txt (2), hidden folders (2), .csv (1), .mp4 (1), files "
        "without an extension (1), hidden images (1), images beside the folders of classes (1)."
    ]
    assert files.describe_others(tmp_path / "x").startswith(
        " It has .txt (2), .mp4 (1), files without"
    )
    assert files.describe_others(tmp_path / "y") == ""


def test_only_what_lies_directly_in_a_folder_is_held_by_it(tmp_path):
    write(tmp_path, "x/y/1.png", "x/.2.png", "x/notes.txt", "z/1.heic")
    assert [holds_images(tmp_path / name) for name in ("x", "x/y", "z")] == [False, True, True]


def test_a_file_is_listed_once_whatever_leads_to_it(tmp_path):
    write(tmp_path, *(f"cat/inner/{i}.png" for i in range(3)), "cat/0.png")
    (tmp_path / "cat" / "again").symlink_to(tmp_path / "cat" / "inner")
    (tmp_path / "cat" / "inner" / "back").symlink_to(tmp_path / "cat" / "again")
    (tmp_path / "cat" / "also.png").symlink_to(tmp_path / "cat" / "0.png")
    os.link(tmp_path / "cat" / "inner" / "2.png", tmp_path / "cat" / "inner" / "3.png")
    files = ImageListing(tmp_path)
    names = ["cat/0.png", "cat/inner/0.png", "cat/inner/1.png", "cat/inner/2.png"]
    assert below(files, tmp_path, "cat") == names
    (said,) = notices(files)
    assert "links in" in said
    assert "each file is used once" in said


def test_two_folders_that_link_to_each_other_are_walked_once(tmp_path):
    write(tmp_path, "c/x/1.png", "c/y/2.png")
    (tmp_path / "c" / "x" / "link").symlink_to(tmp_path / "c" / "y")
    (tmp_path / "c" / "y" / "link").symlink_to(tmp_path / "c" / "x")
    names = below(ImageListing(tmp_path), tmp_path, "c")
    assert {os.path.realpath(tmp_path / name) for name in names} == {
        str(tmp_path / "c/x/1.png"),
        str(tmp_path / "c/y/2.png"),
    }
    assert len(names) == 2


@pytest.mark.parametrize("kind", ["folder", "class", "file", "hard link"])
def test_what_is_linked_into_two_classes_is_refused_with_both_places(kind, tmp_path):
    write(tmp_path, "cat/1.png", "dog/2.png", "dog/puppy/3.png")
    if kind == "folder":
        (tmp_path / "cat" / "b").symlink_to(tmp_path / "dog")
        places = "cat/b and .*dog are the same folder"
    elif kind == "class":
        (tmp_path / "puppies").symlink_to(tmp_path / "dog" / "puppy")
        places = "dog/puppy and .*puppies are the same folder"
    elif kind == "file":
        (tmp_path / "cat" / "b.png").symlink_to(tmp_path / "dog" / "2.png")
        places = "cat/b.png and .*dog/2.png are the same file"
    else:
        os.link(tmp_path / "dog" / "2.png", tmp_path / "cat" / "b.png")
        places = "cat/b.png and .*dog/2.png are the same file"
    files = ImageListing(tmp_path)
    with pytest.raises(InputError, match=f"{places}, by a link"):
        [files.list_below(tmp_path / name) for name in list_sub_folders(tmp_path)]


def test_a_folder_that_cannot_be_opened_is_not_passed_over(tmp_path, monkeypatch):
    write(tmp_path, "cat/inner/1.png")
    real = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("inner"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(InputError, match="cat/inner cannot be opened: Permission denied"):
        ImageListing(tmp_path).list_below(tmp_path / "cat")


def test_names_that_would_break_a_line_are_written_on_one(tmp_path):
    write(tmp_path, "x/a[1]$\n.png", "x/b.j\npg", "x/c.heic\x1b")
    files = ImageListing(tmp_path)
    assert below(files, tmp_path, "x") == ["x/a[1]$\n.png"]
    assert notices(files) == [rf"Passed over in {tmp_path}: .heic\x1b (1), .j\npg (1)."]
