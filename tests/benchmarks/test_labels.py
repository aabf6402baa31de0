"""The contest on few real digits: who takes part, what is written, and that it goes on."""

import csv

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.metrics import f1_score

from benchmarks.labels import contestants
from benchmarks.labels.__main__ import main
from benchmarks.labels.contestants import CONTESTANTS, Answer
from benchmarks.labels.scores import scores_of


def test_scores_of_an_answer():
    wrong = np.array([True, False, True, False, False])
    suspected = np.array([True, True, False, False, False])
    scores = scores_of(Answer(np.array([0.1, 0.2, 0.3, 0.8, 0.9]), suspected, 1.0), wrong)
    assert scores["auroc"] == pytest.approx(5 / 6)
    assert scores["f1"] == f1_score(wrong, suspected)
    assert scores["precision_at_true_number"] == 0.5
    assert scores["average_precision"] == pytest.approx((1 + 2 / 3) / 2)


@pytest.fixture(scope="module")
def contest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contest")
    options = ["--train-examples", "300", "--noise", "sym:0.4", "--seeds", "1"]
    options += ["--row", "cmd epochs=10", "--folds", "2", "--processes", "2"]
    options += ["--output", str(folder)]
    done = CliRunner().invoke(main, options, catch_exceptions=False)
    assert done.exit_code == 0
    return folder, options


def test_everybody_finds_wrong_labels_better_than_chance(contest):
    folder, _ = contest
    with (folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["contestant"] for row in rows] == list(CONTESTANTS)
    auroc = {row["contestant"]: float(row["auroc"]) for row in rows}
    # Of 300 examples early stopping sees 30, which is little for a network of scikit-learn's.
    assert min(auroc.values()) > 0.6
    assert min(auroc["cmd-keras train"], auroc["cmd-keras review"]) > 0.9
    table = (folder / "table.md").read_text()
    assert all(f"| {name} | " in table for name in CONTESTANTS)


def test_what_was_answered_is_not_asked_again(contest):
    folder, options = contest
    before = (folder / "results.csv").read_bytes()
    assert CliRunner().invoke(main, options, catch_exceptions=False).exit_code == 0
    assert (folder / "results.csv").read_bytes() == before


def test_who_is_left_out_is_not_asked_and_may_be_asked_later(tmp_path):
    first, second, *others = CONTESTANTS
    options = ["--train-examples", "100", "--noise", "sym:0.4", "--seeds", "1", "--folds", "2"]
    options += ["--output", str(tmp_path), *(f"--without={name}" for name in others)]
    for more, asked in ((["--without", first], [second]), ([], [second, first])):
        done = CliRunner().invoke(main, [*options, *more], catch_exceptions=False)
        assert done.exit_code == 0
        assert pd.read_csv(tmp_path / "results.csv")["contestant"].tolist() == asked


def test_a_run_is_ranked_by_its_training_and_a_review_by_its_belief(tmp_path):
    labels = pd.DataFrame({"index": [1, 0], "p_given": [0.9, 0.2], "suspected": [0, 1]})
    labels.to_csv(tmp_path / "label_quality.csv")
    assert contestants._answer_in(tmp_path, 1.0).quality.tolist() == [0.2, 0.9]
    labels.assign(quality=[0.3, 0.6]).to_csv(tmp_path / "label_quality.csv")
    answer = contestants._answer_in(tmp_path, 1.0)
    assert answer.quality.tolist() == [0.6, 0.3]
    assert answer.suspected.tolist() == [True, False]
