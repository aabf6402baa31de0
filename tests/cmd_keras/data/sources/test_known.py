"""The table of sources: what it says is so, and a row is all that a new source needs."""

import importlib
import inspect
import sys
import types

import pytest

from cmd_keras import data
from cmd_keras.data.sources import check, known
from cmd_keras.data.sources.known import SOURCES, Source, source_of
from cmd_keras.errors import InputError

by_name = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@by_name
def test_a_row_has_the_options_that_its_module_takes(source):
    module = importlib.import_module(f"cmd_keras.data.sources.{source.module}")
    place, *options = inspect.signature(module.load).parameters.values()
    assert place.kind is place.POSITIONAL_OR_KEYWORD
    assert {option.kind for option in options} <= {inspect.Parameter.KEYWORD_ONLY}
    held_out = () if source.has_test_part else ("test_split",)
    assert {option.name for option in options} == {*source.options, *held_out}
    without = {option.name for option in options if option.default is option.empty}
    assert without == set(source.required)


@by_name
def test_every_option_is_one_of_load(source):
    assert set(source.options) <= set(inspect.signature(data.load).parameters)


def test_one_source_takes_every_other_name():
    assert [source.name for source in SOURCES if source.kind == "collection"] == [
        "tensorflow-datasets"
    ]


@pytest.mark.parametrize(
    ("name", "source", "place"),
    [
        ("digits", "digits", "digits"),
        ("folder:a:b", "folder", "a:b"),
        ("npz:", "npz", ""),
        ("csv:t.csv", "csv", "t.csv"),
        ("cifar10", "tensorflow-datasets", "cifar10"),
        ("digits:1.0.0", "tensorflow-datasets", "digits:1.0.0"),
        ("mnist_corrupted/spatter:1.0.0", "tensorflow-datasets", "mnist_corrupted/spatter:1.0.0"),
    ],
)
def test_a_name_means_one_source(name, source, place):
    found, called = source_of(name)
    assert (found.name, called) == (source, place)


@pytest.mark.parametrize(
    ("name", "advice"),
    [("A.NPZ", "npz:A.NPZ"), ("t.tsv", "csv:t.tsv"), ("./images", "folder:./images")],
)
def test_a_path_alone_is_told_its_source(name, advice, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images").mkdir()
    for file in ("A.NPZ", "t.tsv"):
        (tmp_path / file).write_text("")
    with pytest.raises(InputError, match=f"write {advice}."):
        source_of(name)


def test_a_new_source_is_a_module_and_a_row(monkeypatch, tmp_path):
    digits = data.load("digits")
    (tmp_path / "set").mkdir()
    asked = []

    def load(place, *, target, test_split):
        asked.append((place, target, test_split))
        return digits

    module = "cmd_keras.data.sources.new"
    monkeypatch.setitem(sys.modules, module, types.SimpleNamespace(load=load))
    row = Source(
        "new",
        "new",
        "folder",
        options=("target",),
        required={"target": "what to learn"},
        needed="a new one is needed",
        check=lambda place, options: asked.append((place, options["target"])),
    )
    monkeypatch.setattr(known, "SOURCES", (*SOURCES, row))
    name = f"new:{tmp_path / 'set'}"
    assert data.load(name, target="y", test_split=0.3).train is digits.train
    assert asked == [(name[4:], "y"), (name[4:], "y", 0.3)]
    with pytest.raises(InputError, match="needs target, what to learn"):
        data.load(name)
    with pytest.raises(InputError, match="ignore does not apply to 'new:"):
        data.load(name, target="y", ignore=["x"])
    with pytest.raises(
        InputError, match="The folder 'nowhere' does not exist; a new one is needed"
    ):
        data.load("new:nowhere", target="y")


def test_what_is_not_given_does_not_apply_to_anything():
    options = dict.fromkeys(option for source in SOURCES for option in source.options)
    check.check_source("digits", {**options, "categorical": (), "ignore": ()})
