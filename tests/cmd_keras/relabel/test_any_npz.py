"""A copy of arrays holds them all, whatever they and the copy are called."""

import io
import warnings
import zipfile

import numpy as np
import pytest

from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel

from .test_relabel import reviewed

X, Y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3


@pytest.fixture
def copied(tmp_path):
    """What is in a copy with another label, of a file that holds these arrays."""

    def copy(output="new.npz", others=(), **arrays):
        with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
            for name, array in {"x": X, "y": Y, **arrays}.items():
                np.save(written := io.BytesIO(), array)
                archive.writestr(f"{name}.npy", written.getvalue())
            for name, content in others:
                archive.writestr(name, content)
        (tmp_path / "c.csv").write_text("file,action,label\nx[1],relabel,2\n")
        run = reviewed(tmp_path, dataset=f"npz:{tmp_path / 'own.npz'}")
        relabel(run, str(tmp_path / "c.csv"), tmp_path / output)
        with np.load(tmp_path / output) as new:
            found = dict(new)
        np.testing.assert_array_equal(found.pop("x"), X)
        assert found.pop("y").tolist() == [0, 2, *Y[2:]]
        return found

    return copy


@pytest.mark.parametrize("output", ["out.NPZ", "out.Npz", "a.b.npz"])
def test_an_ending_in_capitals_is_the_name_of_the_copy(copied, tmp_path, output):
    assert copied(output) == {}
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"own.npz", "c.csv", "run", output}


@pytest.mark.parametrize("name", ["file", "allow_pickle", "args", "a/b", "\u00e9"])
def test_an_array_may_have_any_name(copied, name):
    array = np.array([f"{i}.png" for i in range(60)])
    (found,) = copied(**{name: array}).items()
    assert found[0] == name
    np.testing.assert_array_equal(found[1], array)


def test_every_kind_of_array_is_written_as_it_was(copied):
    arrays = {
        "flags": Y == 1,
        "single": np.float32(0.5),
        "half": np.arange(3, dtype=np.float16),
        "swapped": np.arange(3, dtype=">i4"),
        "complex": np.array([1j]),
        "texts": np.array(["\u00e9", "b"]),
        "bytes": np.array([b"a", b"bc"]),
        "days": np.array(["2020-01-01"], "M8[D]"),
        "columns": np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]),
        "by_column": np.asfortranarray(X[:4]),
        "empty": np.zeros((0, 3), np.uint8),
    }
    found = copied(**arrays)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == np.asarray(array).dtype
        np.testing.assert_array_equal(found[name], array)


def test_what_is_no_array_comes_along(copied):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        assert copied(others=[("about.txt", b"about")]) == {"about.txt": b"about"}
