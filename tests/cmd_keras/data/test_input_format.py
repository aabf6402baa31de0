import json
import warnings

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from cmd_keras import data
from cmd_keras.data import InputFormat
from cmd_keras.data.input_format import ArrayFormat, ImageFormat, TableFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_classes, write_image


def inputs(read):
    names, x = read
    return names, np.concatenate(list(x.as_numpy_iterator())) if hasattr(x, "map") else x


def reread(dataset):
    """The format as it comes back from the file it is written to."""
    fmt = InputFormat.from_json(json.loads(json.dumps(dataset.input_format.to_json())))
    assert fmt == dataset.input_format
    return fmt


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("image_size", [None, 14])
def test_an_image_file_becomes_what_it_is_in_the_test_set(tmp_path, mode, image_size):
    write_classes(tmp_path / "train", {"a": 2, "b": 2}, mode=mode)
    write_classes(tmp_path / "test", {"a": 3, "b": 2}, mode=mode)
    write_image(tmp_path / "test" / "b" / "x.jpg", mode=mode)
    dataset = data.load(f"folder:{tmp_path}", image_size=image_size)
    paths = sorted((tmp_path / "test").rglob("*.*g"))
    names, x = inputs(reread(dataset).read(paths))
    assert names == [str(path) for path in paths]
    ((expected, _),) = dataset.test_batches()
    np.testing.assert_array_equal(x, expected)
    assert x.dtype == np.float32


def test_an_image_file_becomes_what_it_is_in_a_set_of_tensorflow_datasets(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), np.uint8)
    examples = tf.data.Dataset.from_tensor_slices({"image": images, "label": [0, 1, 0, 1]})
    features = {
        "image": tfds.features.Image(shape=(None, None, 3)),
        "label": tfds.features.ClassLabel(num_classes=2),
    }
    tfds.dataset_builders.store_as_tfds_dataset(
        name="format_set",
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets={"train": examples, "test": examples},
        data_dir=str(tmp_path),
        disable_shuffling=True,
    )
    dataset = data.load("format_set", data_dir=str(tmp_path), image_size=16)
    Image.fromarray(images[2]).save(tmp_path / "two.png")
    _, x = inputs(reread(dataset).read([tmp_path / "two.png"]))
    ((expected, _),) = dataset.test_batches()
    np.testing.assert_array_equal(x[0], expected[2])


def test_images_of_another_size_or_colour_are_made_to_fit(tmp_path):
    grey = ImageFormat((6, 6, 1))
    path = tmp_path / "red.png"
    Image.fromarray(np.full((12, 30, 3), (255, 0, 0), np.uint8)).save(path)
    _, x = inputs(grey.read([path]))
    np.testing.assert_array_equal(x, np.full((1, 6, 6, 1), 76.0))


def test_files_that_are_no_images_are_listed(tmp_path):
    good = write_image(tmp_path / "good.png")
    for i in range(7):
        (tmp_path / f"bad{i}.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"7 of 8 files .*bad0.png.*bad4.png, …\. Replace"):
        ImageFormat((6, 6, 3)).read([good, *sorted(tmp_path.glob("bad*"))])
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:-60])
    with pytest.raises(InputError, match=r"2 of 3 files .*absent.png"):
        ImageFormat((6, 6, 3)).read([good, tmp_path / "absent.png", tmp_path / "bad1.png"])
    with pytest.raises(InputError, match=r"1 of 2 files .*cut.png"):
        ImageFormat((6, 6, 3)).read([good, tmp_path / "cut.png"])


def test_arrays_are_read_from_x(tmp_path):
    images = np.random.default_rng(0).integers(0, 17, (3, 8, 8)).astype(np.uint8)
    np.savez(tmp_path / "a.npz", x=images)
    np.savez(tmp_path / "b.npz", x=images[:1, ..., None].astype(float))
    fmt = reread(data.load("digits"))
    assert fmt == ArrayFormat((8, 8, 1), (16.0, 16.0, 16.0))
    names, x = fmt.read([tmp_path / "a.npz", tmp_path / "b.npz"])
    assert names[2:] == [f"{tmp_path}/a.npz[2]", f"{tmp_path}/b.npz[0]"]
    np.testing.assert_array_equal(x[:3, ..., 0], images)
    np.testing.assert_array_equal(x[3], x[0])
    np.savez(tmp_path / "c.npz", x=images[:, :4])
    with pytest.raises(InputError, match=r"shape \(3, 4, 8, 1\).*trained on \(n, 8, 8, 1\)"):
        fmt.read([tmp_path / "c.npz"])
    np.savez(tmp_path / "d.npz", x=np.full((2, 8, 8), np.nan))
    with pytest.raises(InputError, match=r"2 of 2 inputs of x in .*d.npz contain NaN"):
        fmt.read([tmp_path / "d.npz"])
    with pytest.raises(InputError, match="No file was given"):
        fmt.read([])


@pytest.mark.parametrize(
    ("shape", "trained", "change"),
    [
        ((5, 3, 32, 32), (32, 32, 3), "x.transpose(0, 2, 3, 1)"),
        ((5, 1, 28, 28), (28, 28, 1), "x.transpose(0, 2, 3, 1)"),
        ((32, 32, 3, 5), (32, 32, 3), "x.transpose(3, 0, 1, 2)"),
        ((5, 40, 32, 3), (32, 40, 3), "x.transpose(0, 2, 1, 3)"),
        ((32, 32, 3), (32, 32, 3), "x[None]"),
        ((28, 28), (28, 28, 1), "x[None]"),
        ((5, 28, 28), (784,), "x.reshape(len(x), -1)"),
        ((9, 5), (9,), "x.transpose(1, 0)"),
        ((5, 3, 32, 33), (32, 32, 3), None),
        ((5, 784), (28, 28, 1), None),
    ],
)
def test_arrays_of_another_shape_are_refused_with_the_change_to_make(
    tmp_path, shape, trained, change
):
    x = np.random.default_rng(0).normal(size=shape)
    np.savez(tmp_path / "x.npz", x=x)
    with pytest.raises(InputError) as caught:
        ArrayFormat(trained).read([tmp_path / "x.npz"])
    message = str(caught.value)
    assert f"{shape}"[:-1] in message
    if change is None:
        assert "Save" not in message
        return
    assert f"Save {change}" in message
    np.savez(tmp_path / "x.npz", x=eval(change))
    _, read = ArrayFormat(trained).read([tmp_path / "x.npz"])
    assert read.shape[1:] == trained


def test_rows_become_what_they_are_in_the_test_set(tmp_path):
    rows = [f"{i * 0.37},{'uvw'[i % 3]},{i % 2}" for i in range(30)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,y", *rows]))
    dataset = data.load(f"csv:{path}", target="y")
    fmt = reread(dataset)
    assert isinstance(fmt, TableFormat)
    names, x = fmt.read([path], dataset.feature_space)
    assert (names[0], names[-1]) == (f"{path} line 2", f"{path} line 31")
    ((expected, _),) = dataset.test_batches()
    positions = [np.flatnonzero((x == row).all(axis=1))[0] for row in expected.numpy()]
    assert positions == sorted(positions)
    # Other order of columns, more of them, no target, a category never seen, a missing number.
    path.write_text("extra;b;a\n1;new;\n2;u;0.37\n")
    with pytest.warns(Notice, match=r"1 of 2 cells of column 'b' .*'new', in line 2"):
        _, x = fmt.read([path], dataset.feature_space)
    np.testing.assert_array_equal(x[0, 0], 1.0)
    np.testing.assert_allclose(x[0, -1], 0.0, atol=1e-6)
    path.write_text("b,a\nu,1.5\nu,much\n")
    with pytest.raises(
        InputError, match=r"Column 'a' of .* must hold numbers.*see line 3 \('much'\)"
    ):
        fmt.read([path], dataset.feature_space)
    path.write_text("b,c\nu,1.5\n")
    with pytest.raises(InputError, match="has no column 'a'"):
        fmt.read([path], dataset.feature_space)
    with pytest.raises(InputError, match="FeatureSpace saved in training"):
        fmt.read([path])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A table with every kind of column, and what it became."""
    path = tmp_path_factory.mktemp("table") / "t.csv"
    sizes = [i * i * 1.5 for i in range(40)]
    cells = [
        [
            f"{v}".replace(".", ","),
            f"{i * 7 % 40 * 3} €",
            str(i % 3),
            str(i % 2 == 0),
            "rgb"[i % 3],
            str(i // 2 % 2),
        ]
        for i, v in enumerate(sizes)
    ]
    path.write_text(
        "\n".join(map(";".join, [["size", "price", "rooms", "garden", "colour", "y"], *cells]))
    )
    with pytest.warns(Notice):
        dataset = data.load(f"csv:{path}", target="y", categorical=["rooms"])
    return dataset, cells


# The same rows as another program writes them: from a cell and its column to a cell.
AGAIN = {
    "as it was": lambda cell, name: cell,
    "whole numbers with decimal places": lambda cell, name: f"{cell}.0" if name == "rooms" else cell,
    "upper case": lambda cell, name: cell.upper(),
    "lower case": lambda cell, name: cell.lower(),
    "decimal points": lambda cell, name: cell.replace(",", "."),
    "blanks around": lambda cell, name: f"  {cell}\u00a0",
    "sign in front": lambda cell, name: f"€ {cell.removesuffix(' €')}" if name == "price" else cell,
    "hidden marks": lambda cell, name: f"{cell}\u200b",
}  # fmt: skip


@pytest.mark.parametrize("how", AGAIN)
def test_rows_that_are_written_otherwise_are_the_same_inputs(trained, tmp_path, how):
    dataset, cells = trained
    fmt = reread(dataset)
    names = ["size", "price", "rooms", "garden", "colour", "y"]
    path = tmp_path / "again.csv"
    again = [[AGAIN[how](c, n) for c, n in zip(row, names, strict=True)] for row in cells]
    path.write_text("\n".join(map(";".join, [names, *again])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        _, x = fmt.read([path], dataset.feature_space)
    train = np.concatenate(list(dataset.plain_train_batches().as_numpy_iterator()))
    np.testing.assert_array_equal(x[dataset.train_index], train)


UNLIKE = {
    "other categories": ("colour", lambda cell: f"{cell}!", "40 of 40 cells of column 'colour'.*'b!', 'g!', 'r!', in lines 2, 3.*Known are: .*'r'"),
    "nothing in a column of categories": ("garden", lambda cell: "", "40 of 40 cells of column 'garden'.*''"),
    "other words": ("garden", lambda cell: {"True": "yes"}.get(cell, "no"), "'no', 'yes'"),
    "texts instead of numbers": ("size", lambda cell: "large", "'size' of .* must hold numbers with decimal comma.*'large'"),
    "no unit": ("price", lambda cell: cell.removesuffix(" €"), "must hold numbers with the sign €.*see lines 2"),
    "another unit": ("price", lambda cell: cell.replace("€", "$"), "must hold numbers with the sign €"),
    "numbers of two readings": ("size", lambda cell: "1.234", "can be read in two ways: '1.234'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNLIKE)
def test_columns_unlike_those_in_training_are_refused(trained, tmp_path, kind):
    dataset, cells = trained
    name, change, match = UNLIKE[kind]
    names = ["size", "price", "rooms", "garden", "colour", "y"]
    rows = [
        [change(c) if n == name else c for c, n in zip(row, names, strict=True)] for row in cells
    ]
    path = tmp_path / "unlike.csv"
    path.write_text("\n".join(map(";".join, [names, *rows])))
    with pytest.raises(InputError, match=f"(?s){match}"):
        reread(dataset).read([path], dataset.feature_space)


def table_of(path, header, row):
    """A data set of 30 rows."""
    path.write_text("\n".join([header, *map(row, range(30))]))
    return data.load(f"csv:{path}", target="y")


def said_of(fmt, path, space):
    """What is said when new rows are read, and these."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Notice)
        _, x = fmt.read([path], space)
    return "\n".join(str(w.message) for w in caught if w.category is Notice), x


def test_a_column_of_new_rows_without_any_number_is_said(tmp_path):
    path = tmp_path / "t.csv"
    dataset = table_of(path, "a,b,y", lambda i: f"{i * 0.37},{i * i * 0.5},{i % 2}")
    path.write_text("a,b\n,1\nNA,2\n")
    said, x = said_of(dataset.input_format, path, dataset.feature_space)
    assert "Column 'a' of" in said
    assert "holds no number: in all 2 rows the mean" in said
    np.testing.assert_allclose(x[:, 0], 0.0, atol=1e-6)
    # Of one row it is a missing number like any other.
    path.write_text("a,b\n,1\n")
    assert said_of(dataset.input_format, path, dataset.feature_space)[0] == ""


def test_points_in_new_rows_that_may_stand_between_thousands_are_said(tmp_path):
    path = tmp_path / "t.csv"
    dataset = table_of(path, "a,y", lambda i: f"{i * 37 % 100},{i % 2}")
    path.write_text("a\n850\n1.200\n")
    said, _ = said_of(dataset.input_format, path, dataset.feature_space)
    assert "a point for decimals, though '1.200' (line 3) may have one between" in said
    assert "write '1200'" in said


def test_a_format_of_an_earlier_version_is_read(trained, tmp_path):
    dataset, _ = trained
    new = ("written", "scales")
    old = {k: v for k, v in dataset.input_format.to_json().items() if k not in new}
    fmt = InputFormat.from_json(json.loads(json.dumps(old)))
    path = tmp_path / "plain.csv"
    path.write_text("size,price,rooms,garden,colour\n1.5,2,1,True,r\n")
    names, x = fmt.read([path], dataset.feature_space)
    assert names == [f"{path} line 2"]
    assert x.shape == (1, *fmt.shape)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({}, "Unknown input format None. Known: image, array, table"),
        ({"kind": "sound", "shape": [1]}, "Unknown input format 'sound'"),
        ({"kind": "image"}, "Cannot read the input format"),
        ({"kind": "array", "shape": [1], "colour": 1}, "Cannot read the input format"),
        ({"kind": "array", "shape": [1], "peaks": [1.0]}, r"array: peaks cannot be \(1.0,\)"),
        ({"kind": "table", "shape": [1], "scales": {"a": [1.0]}}, "table: scales cannot be"),
    ],
)
def test_what_is_no_format_is_refused(values, match):
    with pytest.raises(InputError, match=match):
        InputFormat.from_json(values)
