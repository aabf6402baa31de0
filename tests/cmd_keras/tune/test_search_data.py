"""What a search chooses by, and that it stays the same."""

import csv
import dataclasses
import json

import numpy as np
import pytest

from cmd_keras.data.digests import digests
from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.tune.search import Search
from cmd_keras.tune.search_data import check_same_data, with_data
from cmd_keras.tune.study import open_study


def table(path, *roles, **changed):
    """A table of two classes, and the settings that name it."""
    values = np.random.default_rng(0).normal(size=(80, 2)).round(3)
    rows = [
        {"x": x, "y": y, "part": roles[i // 2 % len(roles)], "class": "ab"[i % 2]}
        for i, (x, y) in enumerate(values.tolist())
    ]
    for part, value in changed.items():
        next(row for row in rows if row["part"] == part)["x"] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return TrainSettings(dataset=f"csv:{path}", target="class", parts="part", noise="sym:0.2")


def test_a_tenth_is_held_out_as_by_a_run_that_is_told_so(tmp_path):
    settings = table(tmp_path / "t.csv", "train", "train", "test")
    search, dataset = with_data(Search(settings))
    assert search.base.validation_split == 0.1
    assert digests(dataset) == digests(read_data(search.base))
    given = Search(dataclasses.replace(settings, validation_split=0.3))
    assert with_data(given)[0] == given


def test_data_with_a_validation_part_of_their_own_are_chosen_by_it(tmp_path):
    settings = table(tmp_path / "t.csv", "train", "train", "validation", "test")
    search, dataset = with_data(Search(settings))
    assert search.base.validation_split == 0
    assert dataset.has_own_validation
    with pytest.raises(InputError, match="a validation part of its own"):
        with_data(Search(dataclasses.replace(settings, validation_split=0.1)))


def test_a_search_is_the_same_before_and_after_its_data_are_read(tmp_path):
    for roles in (("train", "test"), ("train", "validation", "test")):
        search = Search(table(tmp_path / "t.csv", *roles))
        # So it was written when every search had a share.
        assert search.to_json()["base"]["validation_split"] == 0.1
        assert with_data(search)[0].to_json() == search.to_json()


@pytest.mark.parametrize(
    ("part", "said"), [("train", "training"), ("test", "test"), ("validation", "validation")]
)
def test_a_study_that_goes_on_with_other_data_is_refused(tmp_path, part, said):
    roles = ("train", "validation", "test")
    settings, url = table(tmp_path / "t.csv", *roles), f"sqlite:///{tmp_path / 'study.db'}"
    search, dataset = with_data(Search(settings))
    study = open_study(search, url)
    for _ in range(2):
        check_same_data(study, dataset)
    table(tmp_path / "t.csv", *roles, **{part: 9.5})
    with pytest.raises(InputError, match=f"examples of the {said} part.* Bring the data back"):
        check_same_data(open_study(search, url), read_data(search.base))


def test_a_study_of_before_is_told_of_the_data_it_goes_on_with(tmp_path):
    search, dataset = with_data(Search(table(tmp_path / "t.csv", "train", "test")))
    study = open_study(search, f"sqlite:///{tmp_path / 'study.db'}")
    check_same_data(study, dataset)
    assert json.loads(study.user_attrs["data"]) == digests(dataset)
    assert set(digests(dataset)) == {"train", "test", "validation"}
