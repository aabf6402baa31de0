"""Which reading of folders is taken, and where none is."""

import pytest

from cmd_keras.data.sources.folder.parts import find_parts
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


def tree(root, *folders):
    """Folders below `root`, with an image in each; a / at the end says none."""
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
        if not folder.endswith("/"):
            (root / folder / "x.png").touch()
    return root


def of_classes(part, *classes):
    return [f"{part}/{name}" for name in classes]


def found(root):
    """`{part: folder}` as it was read."""
    read = find_parts(root)
    return {
        name: folder.relative_to(root).as_posix()
        for name in ("train", "test", "validation")
        if (folder := getattr(read, name)) is not None
    }


SPLITS = {
    "as documented": ("train", "test", None),
    "capitals": ("Training", "Testing", None),
    "all capitals": ("TRAIN", "TEST", None),
    "camel": ("TrainImages", "TestImages", None),
    "words": ("training_set", "test-data", None),
    "years": ("train2017", "val2017", None),
    "any words around": ("brain_train", "brain_test", None),
    "validation to test with": ("train", "valid", None),
    "three": ("train", "test", "val"),
    "Roboflow": ("train", "test", "valid"),
    "speech": ("Train", "eval", "dev"),
}


@pytest.mark.parametrize("case", list(SPLITS))
def test_a_split_is_known_by_any_usual_name(case, tmp_path):
    names = dict(zip(("train", "test", "validation"), SPLITS[case], strict=True))
    names = {part: name for part, name in names.items() if name is not None}
    for name in names.values():
        tree(tmp_path, *of_classes(name, "a", "b", "c"))
    assert found(tmp_path) == names


def test_a_part_may_lack_a_class_or_lie_in_a_folder_of_its_own_name(tmp_path):
    tree(tmp_path, *of_classes("my_train/my_train", "a", "b", "c"), "my_test/my_test/b")
    tree(tmp_path, "my_test/my_test/c", "my_pred/my_pred")
    with pytest.warns(Notice, match="Left out of .*: my_pred, which is neither"):
        assert found(tmp_path) == {"train": "my_train/my_train", "test": "my_test/my_test"}


CLASSES = {
    "plain": ("cat", "dog"),
    "a railway vehicle": ("train", "plane"),
    "nested": ("cat/persian", "cat/siamese", "dog/poodle"),
    "each in a folder of its own": ("cat/images", "dog/images"),
    "some nested alike": ("cat/2019", "cat/2020", "dog/2019", "dog/2020", "bird"),
    "tickets": ("valid", "invalid"),
    "tubes": ("test tube", "flask"),
    "digits": ("0", "1", "2"),
    "a railway vehicle in a folder": ("freight_train", "train_station"),
}


@pytest.mark.parametrize("case", list(CLASSES))
def test_classes_stay_classes(case, tmp_path):
    assert found(tree(tmp_path, *CLASSES[case])) == {"train": "."}


def test_train_alone_holds_the_classes(tmp_path):
    assert found(tree(tmp_path, "Train/a", "Train/b", "__MACOSX/Train/a")) == {"train": "Train"}


UNCLEAR = {
    "parts of unknown names": (
        ("one/a", "one/b", "two/a", "two/b"),
        r"folders one, two in .* hold folders of the same names \(a, b\) and no images\. If they "
        r"are parts, rename the folder for training to train, the one for testing to test\. If "
        r"they are classes, move them all into a folder .*/train",
    ),
    "folds": (("f1/a", "f1/b", "f2/a", "f2/b", "f3/a", "f3/b"), "folders f1, f2, f3 in"),
    "one part of a known name": (("train/a", "train/b", "other/a", "other/b"), "folders other, train"),
    "images and masks": (("ill/images", "ill/masks", "well/images", "well/masks"), "ill, well in"),
    "two for training": (
        ("train1/a", "train2/a", "test/a"),
        "has train1, train2, and it is unclear which of them is the part called train",
    ),
    "two for testing": (("train/a", "test/a", "Testing/a"), "has Testing, test, and it is unclear"),
    "two for validation": (("train/a", "test/a", "val/a", "dev/a"), "has dev, val, and it is unclear"),
    "nothing to train on": (("Test/a", "valid/a"), "has Test, valid but no train folder"),
    "images without labels beside train": (
        ("train/a", "train/b", "test"),
        r"/test has no sub-folders for the classes, but images\. Images without labels cannot "
        r"be tested with: .* move the folder away",
    ),
    "validation without labels": (("train/a", "test/a", "val"), "/val has no sub-folders for the"),
    "images without labels beside classes": (
        ("cat", "dog", "test"),
        "/test has the name of a part, but lies beside cat, dog. .* without labels, move it away",
    ),
    "Unlabeled beside classes": (("cat", "dog", "Unlabeled"), "/Unlabeled has the name of a part"),
    "a test part beside classes": (
        ("cat", "dog", "more/cat", "more/dog"),
        r"/more holds folders \(cat, dog\) of the same names as the classes beside it",
    ),
    "a train part beside images": (("train/cat", "train/dog", "extra"), "/train has the name of a part"),
    "parts inside classes": (
        ("cat/train", "cat/test", "dog/train", "dog/test", "dog/val"),
        r"/cat holds the parts test, train, beside dog. The parts have to lie outside: .*/train/cat",
    ),
    "a list for detection": (("images/train", "images/val", "labels/train/"), "/images holds the parts"),
    "data beside something": (("data/train/a", "data/test/a", "models/"), "give folder:.*/data"),
    "wrapped": (
        ("photos/a", "photos/b"),
        r"holds nothing but the folder photos\. If its folders \(a, b\) are the classes, give "
        r"folder:.*/photos\.",
    ),
    "wrapped in its split": (("photos/train/a", "photos/test/a"), r"\(test, train\) are the classes"),
    "one class": (("a",), "has the single class 'a'; at least 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(UNCLEAR))
def test_what_is_unclear_is_asked_for(case, tmp_path):
    folders, match = UNCLEAR[case]
    with pytest.raises(InputError, match=match):
        find_parts(tree(tmp_path, *folders))


def test_what_is_beside_train_and_test_does_not_vanish_without_a_word(tmp_path):
    tree(tmp_path, "train/a", "train/b", "test/a", "more/a", "models/")
    with pytest.warns(Notice, match="Left out of .*: models, more, which is neither"):
        assert found(tmp_path) == {"train": "train", "test": "test"}
