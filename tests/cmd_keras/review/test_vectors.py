"""Rows of a table that come again, nearly, are found in the features of the networks."""

import csv

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cmd_keras.review import review
from cmd_keras.run import TrainSettings

# Behind 300 digits, as vectors, ten come again with another label, each number up to 2 % off.
OF = range(0, 100, 10)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    digits, rng = load_digits(), np.random.default_rng(0)
    x, y = digits.data[:300], digits.target[:300]
    again = x[OF] * rng.uniform(0.98, 1.02, (10, 64))
    np.savez(folder / "v.npz", x=np.concatenate([x, again]), y=[*y, *((y[OF] + 3) % 10)])
    settings = TrainSettings(dataset=f"npz:{folder / 'v.npz'}", epochs=8, seed=0)
    review(settings, folder / "out", folds=2, processes=2)
    found = {}
    for part in ("", "test_"):
        with (folder / "out" / f"{part}label_quality.csv").open(newline="") as file:
            found |= {int(row["index"]): row for row in csv.DictReader(file)}
    return found


def test_each_is_named_and_hardly_another(examples):
    pairs = {(i, 300 + k) for k, i in enumerate(OF)} | {(300 + k, i) for k, i in enumerate(OF)}
    named = {
        (i, int(row["near_duplicate"].removeprefix("x[").removesuffix("]")))
        for i, row in examples.items()
        if row["near_duplicate"]
    }
    assert len(named & pairs) >= 16
    assert len(named - pairs) <= 2
    assert all(0.9 < float(examples[i]["similarity"]) < 1.0 for i, _ in named)
