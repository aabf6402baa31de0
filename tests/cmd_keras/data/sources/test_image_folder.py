import os
import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from cmd_keras import data
from cmd_keras.data import ArrayInputs, Augmentation, FileImages, inputs
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_classes, write_image


def load(root, **kwargs):
    return data.load(f"folder:{root}", **kwargs)


def test_small_images_of_one_size_are_read_as_they_are(tmp_path):
    write_classes(tmp_path, {"dog": 10, "cat": 5})
    dataset = load(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    assert (dataset.input_shape, len(dataset.train) + len(dataset.test)) == ((12, 10, 3), 15)
    assert dataset.augmentation == Augmentation(pad=4, flip=True)
    assert isinstance(dataset.train, ArrayInputs)
    for name, label, image in zip(
        dataset.train_names, dataset.given_labels, dataset.train.in_order(), strict=True
    ):
        np.testing.assert_array_equal(image, np.asarray(Image.open(tmp_path / name)))
        assert name.startswith(dataset.class_names[label] + "/")


def parts(root):
    """The images for training and for testing, known by their content."""
    dataset = load(root)
    everything = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*.png")}
    train = {everything[name] for name in dataset.train_names}
    return train, set(everything.values()) - train


def test_the_test_part_is_the_same_in_every_run_and_a_share_of_each_class(tmp_path):
    write_classes(tmp_path, {"a": 60, "b": 30, "c": 1})
    first, second = load(tmp_path, seed=1, noise="sym:0.5"), load(tmp_path, seed=2)
    assert first.train_names == second.train_names
    np.testing.assert_array_equal(first.test_labels, second.test_labels)
    a, b, c = np.bincount(first.test_labels, minlength=3)
    # Four standard deviations of what chance gives.
    assert abs(a - 12) < 13
    assert a > 0
    assert abs(b - 6) < 9
    assert c == 0
    assert "c/00.png" in first.train_names
    assert len(load(tmp_path, test_split=0.5).test) > len(first.test)


def test_an_image_stays_on_its_side_when_it_is_moved_renamed_or_joined_by_others(tmp_path):
    write_classes(tmp_path, {"a": 30, "b": 30})
    train, test = parts(tmp_path)
    assert test
    # Labels are corrected, which makes the first and the last of a class others.
    for name in ("00", "07", "29"):
        (tmp_path / "a" / f"{name}.png").rename(tmp_path / "b" / f"was {name}.png")
    (tmp_path / "b" / "03.png").rename(tmp_path / "a" / "000.png")
    assert parts(tmp_path) == (train, test)
    for i in range(20):
        write_image(tmp_path / "b" / f"new {i}.png", seed=5000 + i)
    (tmp_path / "a").rename(tmp_path / "z")
    more_train, more_test = parts(tmp_path)
    assert train < more_train
    assert test < more_test
    # A copy is on the side of what it is a copy of: nobody is tested on what was learned.
    copied = tmp_path / "b" / "a copy.png"
    copied.write_bytes(next(iter(test)))
    assert parts(tmp_path) == (more_train, more_test)


@pytest.mark.parametrize("test_name", ["test", "val", "validation"])
def test_a_test_folder_is_the_test_part(tmp_path, test_name):
    write_classes(tmp_path / "train", {"a": 3, "b": 3, "c": 3})
    write_classes(tmp_path / test_name, {"b": 2, "c": 1})
    (tmp_path / test_name / "a").mkdir()
    dataset = load(tmp_path)
    assert (len(dataset.train), list(dataset.test_labels)) == (9, [1, 1, 2])
    assert dataset.train_names[0] == "train/a/00.png"


def test_copies_of_an_image_in_two_classes_are_said(tmp_path):
    write_classes(tmp_path, {"a": 20, "b": 20})
    for i in range(3):
        copy = (tmp_path / "a" / f"0{i}.png").read_bytes()
        (tmp_path / "b" / f"copy {i}.png").write_bytes(copy)
    with pytest.warns(Notice, match="6 of 43 examples of .* are copies .* different labels"):
        load(tmp_path)


def test_few_images_for_testing_and_a_share_that_means_nothing_are_said(tmp_path):
    write_classes(tmp_path / "one", {"a": 5, "b": 5})
    with pytest.warns(Notice, match="of 10 examples are held out for testing: their accuracy is"):
        load(tmp_path / "one")
    write_classes(tmp_path / "two" / "train", {"a": 5, "b": 5})
    write_classes(tmp_path / "two" / "val", {"a": 5, "b": 5})
    with pytest.warns(Notice) as caught:
        load(tmp_path / "two", test_split=0.5)
    said = " ".join(str(w.message) for w in caught)
    assert "test_split 0.5 means nothing" in said
    assert "two/val is tested with: there is no other part for that" in said


def test_copies_of_training_images_among_those_for_testing_are_said(tmp_path):
    write_classes(tmp_path / "train", {"a": 3, "b": 3})
    write_classes(tmp_path / "test", {"a": 1})
    for name in ("a/00.png", "a/01.png", "b/00.png", "b/02.png"):
        copy = tmp_path / "test" / name[0] / f"copy of {name[2:]}"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((tmp_path / "train" / name).read_bytes())
    with pytest.warns(Notice, match="4 of 5 different test examples of .* are copies"):
        assert len(load(tmp_path).test) == 5


def test_copies_of_training_images_among_those_for_validation_are_said(tmp_path):
    for part in ("train", "test", "validation"):
        write_classes(tmp_path / part, {"a": 3, "b": 3})
    shutil.copy(tmp_path / "train/a/00.png", tmp_path / "validation/a/copy.png")
    with pytest.warns(
        Notice, match="1 of 7 different validation examples of .* are copies"
    ) as said:
        load(tmp_path)
    assert len([1 for one in said if "copies" in str(one.message)]) == 1


def test_a_class_may_be_called_train(tmp_path):
    write_classes(tmp_path, {"train": 4, "plane": 4})
    assert load(tmp_path).class_names == ("plane", "train")
    write_classes(tmp_path / "parts" / "train", {"a": 4, "b": 4})
    dataset = load(tmp_path / "parts")
    assert (dataset.class_names, len(dataset.train) + len(dataset.test)) == (("a", "b"), 8)


def test_names_nesting_links_and_what_is_passed_over(tmp_path):
    root = tmp_path / "my images"
    write_image(root / "Käse 奶酪" / "deep er" / "ein Bild.JPG")
    write_image(root / "Käse 奶酪" / "b.JPeG", seed=1)
    write_image(root / "ß" / "c.bmp", seed=2)
    write_image(root / "ß" / "d.gif", seed=3)
    (root / "ß" / "e.png").symlink_to(write_image(tmp_path / "elsewhere.png", seed=4))
    (root / "linked").symlink_to(write_classes(tmp_path / "x", {"y": 2}) / "y")
    for passed_over in ("ß/.hidden.png", "ß/notes.txt", ".git/x.png", "loose.png"):
        (root / passed_over).parent.mkdir(exist_ok=True)
        (root / passed_over).write_text("no image")
    passed_over = (
        r"Passed over in .*my images: \.txt \(1\), hidden images \(1\), images beside .*\(1\)"
    )
    with pytest.warns(Notice, match=passed_over) as caught:
        dataset = load(root, test_split=0.1)
    # The other one says that few are held out.
    assert ["Passed over" in str(w.message) for w in caught] == [True, False]
    assert dataset.class_names == ("Käse 奶酪", "linked", "ß")
    assert len(dataset.train) + len(dataset.test) == 7
    names = {"Käse 奶酪/b.JPeG", "Käse 奶酪/deep er/ein Bild.JPG", "linked/00.png", "linked/01.png"}
    assert set(dataset.train_names) < names | {"ß/c.bmp", "ß/d.gif", "ß/e.png"}


@pytest.mark.parametrize("above", ["a", "."])
def test_a_link_to_a_folder_above_is_refused(above, tmp_path):
    write_classes(tmp_path, {"a": 2, "b": 2})
    (tmp_path / "a" / "loop").symlink_to(tmp_path / above, target_is_directory=True)
    with pytest.raises(InputError, match="loop is a link to a folder above it"):
        load(tmp_path)


def test_a_name_that_is_no_text_can_still_be_written(tmp_path):
    write_classes(tmp_path, {"a": 2, "b": 2})
    for i in range(2):
        os.rename(tmp_path / "a" / f"0{i}.png", os.fsencode(tmp_path) + b"/a/\xff%d.png" % i)
    names = load(tmp_path, test_split=0.1).train_names
    assert {r"a/\xff0.png", r"a/\xff1.png"} & set(names)
    assert all(name.encode("utf-8") for name in names)
    os.rename(tmp_path / "b" / "00.png", os.fsencode(tmp_path) + b"/b/\xfe.png")
    with open(os.fsencode(tmp_path) + b"/b/\xfe.png", "w") as file:
        file.write("no image")
    with pytest.raises(InputError, match=r"b/\\xfe.png") as caught:
        load(tmp_path)
    assert str(caught.value).encode("utf-8")


def test_grey_images_keep_one_channel_and_their_values(tmp_path):
    write_classes(tmp_path, {"a": 4, "b": 4}, mode="L")
    write_image(tmp_path / "b" / "x.jpg", mode="L", seed=9)
    write_image(tmp_path / "b" / "x.bmp", mode="L", seed=9)
    dataset = load(tmp_path)
    assert dataset.input_shape == (12, 10, 1)
    for name, image in zip(dataset.train_names, dataset.train.in_order(), strict=True):
        stored = np.asarray(Image.open(tmp_path / name), int)
        # JPEG decoders may differ by a rounding.
        assert abs(image.numpy()[..., 0] - stored).max() <= (2 if name.endswith("jpg") else 0)
    write_image(tmp_path / "b" / "coloured.png", mode="P")
    assert load(tmp_path).input_shape == (12, 10, 3)


def test_images_of_varying_size_are_resized_and_cropped(tmp_path):
    write_classes(tmp_path, {"a": 3, "b": 3})
    write_image(tmp_path / "b" / "wide.png", height=20, width=60)
    dataset = load(tmp_path)
    assert (dataset.train.shape, dataset.input_shape) == ((256, 256, 3), (224, 224, 3))
    assert dataset.augmentation == Augmentation(crop=224, flip=True)
    paper = load(tmp_path, image_size=299)
    assert (paper.train.shape, paper.input_shape) == ((320, 320, 3), (299, 299, 3))


def test_the_shorter_side_decides_the_scale(tmp_path):
    wide = np.zeros((16, 48, 3), np.uint8)
    middle = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)
    for i, name in enumerate(("a/0.png", "a/1.png", "b/0.png", "b/1.png")):
        wide[:, 16:32] = middle[i]  # What is left of it is the square in the middle.
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(wide).save(tmp_path / name)
    dataset = load(tmp_path, image_size=14)
    for name, image in zip(dataset.train_names, dataset.train.in_order(), strict=True):
        stored = np.asarray(Image.open(tmp_path / name))
        np.testing.assert_array_equal(image, stored[:, 16:32])


def test_flipping_can_be_switched_off(tmp_path):
    write_classes(tmp_path, {"a": 3, "b": 3})
    assert not load(tmp_path, flip=False).augmentation.flip
    assert data.load("digits", flip=True).augmentation.flip


def test_what_does_not_fit_in_memory_is_read_again_in_every_epoch(tmp_path, monkeypatch):
    write_classes(tmp_path, {"a": 10, "b": 10})
    whole = load(tmp_path, validation_split=0.25, noise="sym:0.4")
    monkeypatch.setattr(inputs, "_MEMORY_LIMIT", 1000)
    files = load(tmp_path, validation_split=0.25, noise="sym:0.4")
    assert isinstance(files.train, FileImages)
    assert isinstance(files.validation, FileImages)
    for method in ("validation_batches", "test_batches"):
        for one, two in zip(getattr(whole, method)(), getattr(files, method)(), strict=True):
            np.testing.assert_array_equal(one[0], two[0])
            np.testing.assert_array_equal(one[1], two[1])
    tf.random.set_seed(3)
    from_start = list(whole.train_batches(5, epochs=3))[6:]
    resumed = list(files.train_batches(5, epochs=3, initial_epoch=2))
    for one, two in zip(from_start, resumed, strict=True):
        np.testing.assert_array_equal(one[0], two[0])
        np.testing.assert_array_equal(one[1], two[1])


def test_corrupted_labels_are_the_same_with_and_without_a_validation_share(tmp_path):
    write_classes(tmp_path, {"a": 10, "b": 10, "c": 10})
    whole = load(tmp_path, noise="sym:0.5", seed=4)
    part = load(tmp_path, noise="sym:0.5", seed=4, validation_split=0.3)
    np.testing.assert_array_equal(part.given_labels, whole.given_labels[part.train_index])
    assert part.train_names == tuple(whole.train_names[i] for i in part.train_index)


@pytest.mark.parametrize("name", ["valid", "Validation", "dev"])
def test_a_validation_folder_beside_train_and_test_is_the_validation_part(tmp_path, name):
    write_classes(tmp_path / "Train", {"a": 6, "b": 6})
    for i, path in enumerate(("a/0.png", "b/0.png", "b/1.png")):
        write_image(tmp_path / name / path, seed=50 + i)
    write_classes(tmp_path / "Test", {"a": 3, "b": 1})
    dataset = load(tmp_path, noise="pair:0.9", seed=3)
    assert (len(dataset.train), len(dataset.test)) == (12, 4)
    ((x, y),) = dataset.validation_batches()
    assert y.numpy().tolist() == [0, 1, 1]
    for image, path in zip(x, sorted((tmp_path / name).glob("*/*.png")), strict=True):
        np.testing.assert_array_equal(image, np.asarray(Image.open(path)))
    # Noise is for the labels that are learned from.
    assert (dataset.given_labels != dataset.clean_labels).sum() > 6
    with pytest.raises(InputError, match=r"has a validation part of its own\. Leave out"):
        load(tmp_path, validation_split=0.1)


def test_a_split_is_read_as_one_whatever_its_parts_are_called(tmp_path):
    write_classes(tmp_path / "Training", {"a": 4, "b": 4, "c": 4})
    write_classes(tmp_path / "Testing", {"a": 1, "c": 2})
    dataset = load(tmp_path)
    assert dataset.class_names == ("a", "b", "c")
    assert dataset.test_labels.tolist() == [0, 2, 2]
    assert dataset.train_names[0] == "Training/a/00.png"
