"""Everything that a user may get wrong, and what is said about it."""

import io
import zipfile

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from tests.cmd_keras.data.images import write_classes, write_image


def folder(prepare, **options):
    """A source made of a good folder of images that `prepare(root)` spoils."""

    def source(tmp_path):
        root = write_classes(tmp_path / "root", {"a": 3, "b": 3})
        prepare(root)
        return f"folder:{root}", options

    return source


def npz(options=None, **arrays):
    good = {"x": np.arange(24.0).reshape(12, 2), "y": np.arange(12) % 2}
    arrays = {k: v for k, v in {**good, **arrays}.items() if v is not None}

    def source(tmp_path):
        np.savez(tmp_path / "a.npz", **arrays)
        return f"npz:{tmp_path / 'a.npz'}", options or {}

    return source


def four(**arrays):
    x, y = np.arange(24.0).reshape(12, 2), np.arange(12) % 2
    return npz(x=None, y=None, **{**dict(x_train=x, y_train=y, x_test=x, y_test=y), **arrays})


def content(kind, written, **options):
    """A source made of a file with exactly this content."""

    def source(tmp_path):
        path = tmp_path / f"file.{kind}"
        path.write_bytes(written if isinstance(written, bytes) else written.encode())
        return f"{kind}:{path}", options

    return source


def csv(*rows, header="a,b,y", target="y", **options):
    return content("csv", "\n".join([header, *rows]), target=target, **options)


def named(name, **options):
    return lambda tmp_path: (name.replace("TMP", str(tmp_path)), options)


def spoil(kind):
    def prepare(root):
        if kind == "empty class":
            (root / "c").mkdir()
        elif kind == "one class":
            for path in (root / "b").iterdir():
                path.unlink()
            (root / "b").rmdir()
        elif kind == "no classes":
            for name in "ab":
                for path in (root / name).iterdir():
                    path.rename(root / f"{name}{path.name}")
                (root / name).rmdir()
        elif kind == "heic":
            write_image(root / "a" / "x.png").rename(root / "a" / "x.heic")
        elif kind == "disguised ppm":
            write_image(root / "a" / "x.ppm").rename(root / "a" / "x.jpg")
        elif kind == "no image":
            for i in range(8):
                (root / "a" / f"bad{i}.jpg").write_text("no image")
        elif kind == "truncated":
            path = write_image(root / "a" / "cut.png", height=12)
            path.write_bytes(path.read_bytes()[:-80])
        elif kind == "dangling link":
            (root / "a" / "gone.png").symlink_to(root / "nowhere.png")
        elif kind == "foreign test class":
            root = root / "parts"
            write_classes(root / "train", {"a": 2, "b": 2})
            write_classes(root / "test", {"c": 2})
        elif kind == "no test images":
            write_classes(root / "train", {"a": 2, "b": 2})
            (root / "test").mkdir()
        elif kind == "no train":
            root.rename(root.parent / "test")
            root.mkdir()
            (root.parent / "test").rename(root / "test")

    return prepare


PLAIN = [f"{i * i * 0.5},{i % 3},{i % 2}" for i in range(12)]
EMPTY_ZIP = io.BytesIO()
zipfile.ZipFile(EMPTY_ZIP, "w").close()
WHOLE_NPZ = io.BytesIO()
np.savez(WHOLE_NPZ, x=np.arange(2000.0).reshape(-1, 2), y=np.arange(1000) % 2)
NPY = io.BytesIO()
np.save(NPY, np.zeros((3, 3)))
OBJECTS = np.array([{}, []] * 6, dtype=object)
ONE_SHORT = np.arange(11) % 2
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 8, 9, 3), np.uint8)


def beside(*odd):
    """Twelve labels, some of them odd."""
    return np.array([*odd, *["cat", "dog"] * 6][:12])


def same(images, change):
    x = IMAGES.copy()
    x[images] = change(x[images])
    return npz(x=x)


BAD = {
    # Options that do not apply.
    "target without a table": (named("digits", target="y"), "target does not apply to 'digits'; it is an option of images and csv"),
    "categorical without a table": (named("digits", categorical=("a",)), "categorical does not apply"),
    "ignore without a table": (npz({"ignore": ["a"]}), "ignore does not apply to 'npz:"),
    "label_key without tfds": (folder(lambda root: None, label_key="label"), "label_key does not apply .* option of tensorflow-datasets"),
    "image_size for digits": (named("digits", image_size=32), "image_size does not apply to 'digits'; it is an option of folder, images and tensorflow-datasets"),
    "image_size for a table": (csv(*PLAIN, image_size=32), "image_size does not apply"),
    "data_dir for a folder": (folder(lambda root: None, data_dir="."), "data_dir does not apply"),
    "flip of a table": (csv(*PLAIN, flip=True), "flip does not apply .* holds no images"),
    "pad of a table": (csv(*PLAIN, pad=2), "pad does not apply .* holds no images"),
    "pad of vectors": (npz({"pad": 2}), "pad does not apply to 'npz:.*', which holds no images"),
    "pad below 0": (named("digits", pad=-1), "pad must lie between 0 and 64 pixels, received -1"),
    "no training examples": (named("digits", train_examples=0), "train_examples must lie in 1 … 1297, .* received 0"),
    "too many training examples": (named("digits", train_examples=1298), "train_examples must lie in 1 … 1297"),
    "no test examples": (named("digits", test_examples=0), "test_examples must lie in 1 … 500, .* received 0"),
    "too many test examples": (named("digits", test_examples=501), "test_examples must lie in 1 … 500"),
    "a class without training examples": (named("digits", train_examples=3), "Of class '.' no example is among the 3"),
    "image_size of nothing": (folder(lambda root: None, image_size=0), "image_size must lie in 8 … 2048, received 0"),
    "test_split of digits": (named("digits", test_split=0.6), "test_split does not apply to 'digits', which has its own test part"),
    # Shares.
    "validation share of 1": (named("digits", validation_split=1.0), r"validation share must lie in \[0, 1\), received 1"),
    "negative validation share": (named("digits", validation_split=-0.1), "received -0.1"),
    "validation share of single examples": (csv("1,2,u", "4,3,v", "9,4,u", "16,1,v", test_split=0.5, validation_split=0.5), "has a single example, so none can be held out"),
    "unknown validation labels": (named("digits", validation_split=0.1, validation_labels="true"), "must be 'clean' or 'given', received 'true'"),
    "test share of 0": (csv(*PLAIN, test_split=0.0), r"test share must lie in \(0, 1\), received 0"),
    # Names.
    "a folder without its prefix": (named("TMP"), "To read the folder .* write folder:"),
    "a file without its prefix": (lambda p: ((p / "t.csv").write_text("a") and str(p / "t.csv"), {}), "write csv:"),
    # Folders.
    "no path": (named("folder:"), "The folder '' does not exist"),
    "absent folder": (named("folder:TMP/absent"), "absent' does not exist"),
    "a file as folder": (lambda p: (f"folder:{write_image(p / 'a.png')}", {}), "is not a folder"),
    "empty folder": (named("folder:TMP"), "has no sub-folders. Put the images of each class"),
    "empty class": (folder(spoil("empty class")), "root/c holds no image"),
    "one class": (folder(spoil("one class")), "single class 'a'; at least 2"),
    "no classes": (folder(spoil("no classes")), "has no sub-folders"),
    "heic": (folder(spoil("heic")), "x.heic has a format that cannot be decoded. Convert"),
    "disguised ppm": (folder(spoil("disguised ppm")), r"1 of 7 files .*x.jpg \(a PPM\)"),
    "no image": (folder(spoil("no image")), r"8 of 14 files .*bad0.jpg, .*bad4.jpg, …\. Replace"),
    "truncated": (folder(spoil("truncated")), r"1 of \d files cannot be read as images: .*a/cut.png"),
    "dangling link": (folder(spoil("dangling link")), "1 of 7 files .*gone.png"),
    "foreign test class": (lambda p: (spoil("foreign test class")(p), (f"folder:{p / 'parts'}", {}))[1], "parts/test has the class 'c', which .*train has not.*: a, b"),
    "no test images": (folder(spoil("no test images")), "test has no sub-folders"),
    "no train": (folder(spoil("no train")), "has test but no train folder"),
    # Arrays.
    "absent npz": (named("npz:TMP/absent.npz"), "absent.npz does not exist; an npz file is needed"),
    "folder as npz": (named("npz:TMP"), "is a folder; an npz"),
    "empty file as npz": (content("npz", b""), "is no npz file, or a broken one"),
    "text as npz": (content("npz", "hello"), "is no npz file, or a broken one"),
    "truncated npz": (content("npz", WHOLE_NPZ.getvalue()[:5000]), "is no npz file, or a broken one"),
    "flipped bytes": (content("npz", WHOLE_NPZ.getvalue()[:3000] + b"!!!!!" + WHOLE_NPZ.getvalue()[3005:]), "broken one .*CRC"),
    "npy as npz": (content("npz", NPY.getvalue()), r"holds a single array.*np\.savez"),
    "npz without arrays": (content("npz", EMPTY_ZIP.getvalue()), "holds the arrays none; x_train"),
    "other arrays": (npz(x=None, y=None, images=np.zeros(3)), "holds the arrays images; x_train, y_train"),
    "no y": (npz(y=None), "holds x; y is missing"),
    "objects as x": (npz(x=OBJECTS), "x in .* is an array of Python objects"),
    "objects as y": (npz(y=OBJECTS), "y in .* is an array of Python objects.*dtype=str"),
    "texts as x": (npz(x=np.array([["a"]] * 12)), "x in .* must be numbers"),
    "complex x": (npz(x=np.ones((12, 2), complex)), "must be numbers .* received complex128"),
    "five axes": (npz(x=np.zeros((12, 1, 1, 1, 1))), r"received float64 of the shape \[12, 1, 1, 1, 1\]"),
    "lengths": (npz(y=ONE_SHORT), "x in .* holds 12 examples, but y 11"),
    "test lengths": (four(y_test=ONE_SHORT), "x_test in .* holds 12 examples, but y_test 11"),
    "no x_test": (four(x_test=None), "x_test is needed"),
    "nan": (npz(x=np.full((12, 2), np.nan)), "inputs of x in .* contain NaN or infinity"),
    "test shape": (four(x_test=np.zeros((12, 3))), r"training inputs of the shape \(2,\), but test inputs of the shape \(3,\)"),
    "unseen class": (four(y_test=np.arange(12)), "y_test in .* holds the class '2', which y_train does not"),
    "texts and numbers": (four(y_test=np.array(["a"] * 12)), "are written differently"),
    "soft labels": (npz(y=np.full((12, 2), 0.5)), r"not one-hot.*argmax"),
    "fractional labels": (npz(y=np.arange(12) / 2), "holds fractions or NaN"),
    "labels of an image": (npz(y=np.zeros((12, 2, 2))), r"received float64 of the shape \[12, 2, 2\]"),
    "too few names": (npz(class_names=np.array(["a"])), "names the labels 0 … 0, but there are labels from 0 to 1"),
    "names of one-hot": (npz(y=np.eye(2)[np.arange(12) % 2], class_names=np.array(["a"])), "names 1 classes, but one-hot labels have 2 columns"),
    "names of texts": (npz(y=np.array(["u", "v"] * 6), class_names=np.array(["a", "b"])), "labels are texts already"),
    "one-hot row of nothing": (npz(y=np.eye(3)[np.arange(12) % 3] * (np.arange(12) > 1)[:, None]), r"2 of 12 rows of y in .* are all 0: .* not labelled"),
    "several classes at once": (npz(y=np.array([[1, 1, 0], [0, 1, 0], [1, 0, 0]] * 4)), "4 of 12 rows of y in .* hold more than a single 1. Examples of several"),
    "columns of numbers": (npz(y=np.array([[0, 0], [1, 2], [0, 1]] * 4)), "is not one-hot"),
    "one-hot columns": (npz(x=np.arange(6.0).reshape(3, 2), y=np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]])), r"single 1 in each column.*Save y.T"),
    "floats too large": (npz(y=np.array([1e17, 0.0] * 6)), "labels of 9,007,199,254,740,992 and more as float64.*integers or texts"),
    "half floats too large": (npz(y=np.array([2048, 0] * 6, np.float16)), "labels of 2,048 and more as float16"),
    "nan among labels": (npz(y=np.array([np.nan, 0, 1] * 4)), "holds fractions or NaN in 4 of 12 labels"),
    "bytes of another encoding": (npz(y=np.array([b"\xe4", b"\xf6"] * 6)), r"y in .* holds b'.xe4', which is not UTF-8.*np.char.decode\(y, 'latin1'\)"),
    "half a character": (npz(y=np.array(["\ud800", "a"] * 6)), "is not UTF-8 text"),
    "one class name for two": (npz(class_names=np.array(["a", "a"])), "class_names in .* holds 'a' 2 times"),
    "a class name of nothing": (npz(class_names=np.array(["a", " "])), "class_names in .* holds '' 1 times"),
    "a single class name": (npz(class_names=np.array("a")), r"class_names in .* must be texts \[C\].*shape \[\]"),
    "class names in floats": (npz(class_names=np.array([0.5, 1.5])), r"class_names in .* must be texts .*float64"),
    "class names of another encoding": (npz(class_names=np.array([b"\xe4", b"a"])), "class_names in .* holds b'.xe4', which is not UTF-8"),
    # Labels that say there is none.
    "-1": (npz(y=np.array([-1, 0, 1] * 4)), r"-1 in .*4 of 12 in y.*not labelled. Leave these out.*x\[y != -1\].*astype\(str\)"),
    "-1 in floats": (npz(y=np.array([-1.0, 0, 1] * 4)), "4 of 12 in y.*not labelled"),
    "-1 beside a single class": (npz(y=np.array([-1, 0] * 6)), "6 of 12 in y.*not labelled"),
    "-1 in the test part alone": (four(y_test=np.full(12, -1)), "12 of 12 in y_test.*not labelled"),
    "-1 in both parts": (four(y_train=np.arange(12) - 1, y_test=np.arange(12) - 1), "1 of 12 in y_train, 1 of 12 in y_test"),
    "-1 with class names": (npz(y=np.array([-1, 0, 1] * 4), class_names=np.array(["a", "b"])), "4 of 12 in y.*not labelled"),
    "nan as text": (npz(y=beside("nan", "nan", "cat")), "2 of 12 labels of y in .* written as missing: 'nan'. Leave these examples out"),
    "several spellings": (npz(y=beside("<NA>", "", "None", "NaT", "cat")), "4 of 12 .*: '', '<NA>', 'NaT', 'None'"),
    "blank text": (npz(y=beside("cat", "  ")), "1 of 12 .*: ''"),
    "missing as bytes": (npz(y=np.char.encode(beside("nan"))), "1 of 12 .*: 'nan'"),
    "missing beside numbers": (npz(y=np.array(["1", "2", "NA"] * 4)), "4 of 12 .*: 'NA'"),
    "a formula that failed": (npz(y=beside("#N/A", "#DIV/0!")), "2 of 12 .*: '#DIV/0!', '#N/A'"),
    "Namibia": (npz(y=np.array(["NA", "DE", "FR"] * 4)), r"4 of 12 .*: 'NA'.*np.where\(y == 'NA', 'Namibia', y\)"),
    "missing in the test part alone": (four(y_train=beside(), y_test=beside("null")), "1 of 12 labels of y_test"),
    # Axes that fit by accident.
    "channels first": (npz(x=np.zeros((12, 3, 32, 32))), r"\[12, 3, 32, 32\]: images of 32×32 with the 3 channels in front.*x.transpose\(0, 2, 3, 1\)"),
    "grey channel first": (npz(x=np.zeros((12, 1, 28, 28))), r"the channel in front.*x.transpose\(0, 2, 3, 1\)"),
    "transparency first": (npz(x=np.zeros((12, 4, 16, 20))), "images of 16×20 with the 4 channels in front"),
    "small and square, channels first": (npz(x=np.zeros((12, 3, 5, 5))), "3 channels in front"),
    "channels first for testing": (four(x_train=np.zeros((12, 32, 32, 3)), x_test=np.zeros((12, 3, 32, 32))), r"x_test.transpose\(0, 2, 3, 1\)"),
    "many channels first": (npz(x=np.zeros((12, 13, 64, 64))), "images of 64×64 with the 13 channels in front"),
    "examples last": (npz(x=np.zeros((8, 9, 3, 12))), r"holds 8 examples, but y 12.*np.moveaxis\(x, 3, 0\)"),
    "grey examples last": (npz(x=np.zeros((8, 9, 12))), r"np.moveaxis\(x, 2, 0\)"),
    "features first": (npz(x=np.zeros((2, 12))), r"holds 2 examples, but y 12.*save x.T\."),
    "a row of labels": (npz(y=np.arange(12)[None] % 2), r"holds 12 examples, but y 1.*save y.ravel\(\)"),
    "classes first": (npz(y=(np.eye(3)[np.arange(12) % 3]).T), r"holds 12 examples, but y 3.*save y.T\."),
    "a number for all labels": (npz(y=np.array(1)), r"must be integers or texts \[n\].*shape \[\]"),
    # Images that show nothing.
    "all black": (same(slice(None), lambda x: x * 0), "All 12 images of x in .* are equal"),
    "a black class": (same(slice(0, 12, 2), lambda x: x * 0), "All 6 images of the class '0' of x in .* are equal"),
    "a class of one image": (same(slice(1, 12, 2), lambda x: x[:1]), "All 6 images of the class '1' of x in .* are equal"),
    "plain images": (same(slice(None), lambda x: x[:, :1, :1, :1]), "All 12 images of x in .* are a single flat colour each"),
    "a class of plain images": (same(slice(0, 12, 2), lambda x: x[:, :1, :1, :1]), "6 images of the class '0' .* single flat colour each"),
    "large numbers that are one in float32": (npz(x=10**17 + np.arange(36).reshape(12, 3)), "All 12 inputs of x in .* are equal, as the networks"),
    "test images on another scale": (four(x_train=IMAGES, x_test=IMAGES / 255), "x_train in .* reach 255, but those of x_test 1. Bring both"),
    "test images of sixteen levels, brought to 1": (four(x_train=IMAGES // 16, x_test=IMAGES // 16 / 16), "x_train in .* reach 15, but those of x_test 0.9375. Bring both"),
    "training images of sixteen levels, brought to 1": (four(x_train=IMAGES // 16 / 16, x_test=IMAGES // 16), "x_train in .* reach 0.9375, but those of x_test 15. Bring both"),
    "training images on another scale": (four(x_train=IMAGES / 255, x_test=IMAGES), "x_train in .* reach 1, but those of x_test 255. Bring both"),
    # Arrays that would not be used.
    "a part for validation": (four(x_val=IMAGES, y_val=np.arange(12)), "holds x_val and y_val, which would not be used. Join them"),
    "weights": (npz(sample_weight=np.ones(12)), "holds sample_weight, but all examples count alike"),
    "one set and another": (npz(x_train=IMAGES), "holds both x and x_train"),
    "equal rows": (npz(x=np.ones((12, 3))), "All 12 inputs of x in .* are equal"),
    "equal for testing": (four(x_test=np.ones((12, 2))), "All 12 inputs of x_test in .* are equal"),
    "one label": (npz(y=np.zeros(12, int)), "has 1 class; at least 2"),
    "each label once": (npz(y=np.arange(12)), "has a single example"),
    # Tables.
    "no target": (csv(*PLAIN, target=None), "needs target"),
    "absent table": (named("csv:TMP/absent.csv", target="y"), "absent.csv does not exist; a CSV table"),
    "folder as table": (named("csv:TMP", target="y"), "is a folder; a CSV"),
    "empty table": (content("csv", "", target="y"), "is empty; a table with names"),
    "blank table": (content("csv", "\n\n\n", target="y"), "is empty; a table with names"),
    "no rows": (csv(), "has 0 rows of data; at least 2"),
    "one row": (csv("1,2,3"), "has 1 row of data; at least 2"),
    "unknown target": (csv(*PLAIN, header="size,colour,class", target="clas"), "no column 'clas'. Did you mean 'class'.*: size, colour, class"),
    "unknown categorical": (csv(*PLAIN, categorical=("zip",)), "no column 'zip'. It has the columns: a, b, y"),
    "unknown ignored": (csv(*PLAIN, ignore=("zip",)), "no column 'zip'"),
    "target ignored": (csv(*PLAIN, ignore=("y",)), "'y' has two roles"),
    "column with two roles": (csv(*PLAIN, ignore=("a",), categorical=("a",)), "'a' has two roles"),
    "wrong separator": (csv("1|2|3", header="a|b|y"), r"single column 'a\|b\|y'. Separate columns by commas"),
    "two columns of one name": (csv(*PLAIN, header="a,a,y"), "two columns 'a'. Rename"),
    "column without a name": (csv(*PLAIN, header=",b,y"), r"Column 1 of .* has no name.*index=False"),
    "not utf-8": (content("csv", "größe,y\n1,2\n".encode("latin1"), target="y"), "is not UTF-8 text. .*iconv"),
    "not utf-8 further down": (content("csv", b"a,y\n" + b"1,2\n" * 50_000 + b"\xff,1\n", target="y"), "is not UTF-8 text"),
    "longer row": (csv(*PLAIN, "1,2,3,4"), r"is not a table: line 14 has 4 cells.* names 3 columns"),
    "all rows longer": (csv("1,2,3,4", "2,3,4,5", "3,4,5,6"), r"is not a table: line 2 has 4 cells.* names 3 columns"),
    "open quote": (csv(*PLAIN, '"1,2,3'), "is not a table"),
    "missing target": (csv(*PLAIN, "1,2,", "1,2"), "missing in 2 rows .*: see lines 14, 15. Fill in"),
    "regression": (csv(*PLAIN, "1,2,0.5"), r"holds fractions, as in line 14.*regression"),
    "too many classes": (csv(*[f"1,{i % 2},n{i}" for i in range(2002)]), "target 'y' .* has 2,002 different values in 2,002 rows"),
    "nothing but names": (csv(*[f"name {i},2,{i % 2}" for i in range(1200)]), "no column but 'y' that varies"),
    "too many categories": (csv(*[f"n{i},2,{i % 2}" for i in range(6000)], *[f"n{i},2,{i % 2}" for i in range(6000)], *["n0,2,1"] * 33000, categorical=["a"]), r"'a' .* has 6,000 different categories.*does not fit in memory with 45,000 rows.*ignore=\['a'\]"),
    "infinity": (csv(*PLAIN, "inf,2,0"), "'a' .* holds infinity, or more than float32 can; see line 14"),
    "nothing varies": (csv(*["1,2,0", "1,2,1"] * 5), "no column but 'y' that varies"),
    "one class in a table": (csv(*["1,2,0", "2,3,0"] * 5), "has 1 class; at least 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(BAD))
def test_bad_input_is_named_in_one_message(case, tmp_path):
    source, match = BAD[case]
    name, options = source(tmp_path)
    with pytest.raises(InputError, match=f"(?s){match}"):
        data.load(name, **options)
