"""The contest on few real digits: who takes part, what is written, and that it goes on."""

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.metrics import f1_score

from benchmarks.labels import contestants
from benchmarks.labels.__main__ import main
from benchmarks.labels.contestants import CONTESTANTS, Answer
from benchmarks.labels.scores import SCORES, scores_of
from benchmarks.labels.table import markdown


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


def refused(*options):
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 2, done.output
    (line,) = done.output.splitlines()
    return line


def test_answers_with_other_settings_are_not_taken_for_these(contest):
    folder, options = contest
    before = (folder / "results.csv").read_bytes()
    assert json.loads((folder / "settings.json").read_text()) == {
        "dataset": "digits",
        "train_examples": 300,
        "test_examples": None,
        "row": "cmd epochs=10",
        "folds": 2,
    }
    line = refused(*options, "--folds", "3", "--train-examples", "200")
    assert "train_examples is 300 there and 200 here, folds is 2 there and 3 here." in line
    assert "row is 'cmd epochs=10' there and 'cmd' here" in refused(*options, "--row", "cmd")
    assert (folder / "results.csv").read_bytes() == before


def test_a_row_or_noise_that_is_none_is_refused_even_if_nothing_is_left_to_ask(contest):
    _, options = contest
    assert "Unknown method 'cdm'" in refused(*options, "--row", "cdm")
    assert "'smy'" in refused(*options, "--noise", "smy:0.4")


def test_a_folder_of_before_is_taken(contest, tmp_path):
    folder, options = contest
    (tmp_path / "results.csv").write_bytes((folder / "results.csv").read_bytes())
    options = [*options, "--output", str(tmp_path)]
    assert CliRunner().invoke(main, options, catch_exceptions=False).exit_code == 0
    assert (tmp_path / "settings.json").read_bytes() == (folder / "settings.json").read_bytes()
    (tmp_path / "settings.json").write_text("[")
    assert "settings.json is damaged" in refused(*options)


def test_who_takes_what_a_review_left_needs_one(contest, tmp_path):
    folder, options = contest
    *others, review, _ = CONTESTANTS
    without = [f"--without={name}" for name in (*others, review)]
    new = tmp_path / "new"
    line = refused(*options, *without, "--output", str(new))
    assert "takes what 'cmd-keras review' left, which for sym:0.4, seed 0, is neither" in line
    assert not new.exists()
    # There it has ended.
    shutil.copytree(folder, new)
    (new / "results.csv").unlink()
    done = CliRunner().invoke(main, [*options, *without, "--output", str(new)])
    assert done.exit_code == 0
    assert pd.read_csv(new / "results.csv")["contestant"].tolist() == list(CONTESTANTS)[-1:]


def test_seconds_are_those_of_the_runs(contest):
    folder, _ = contest
    seconds = pd.read_csv(folder / "results.csv").set_index("contestant")["seconds"]
    runs = folder / "runs/sym-0.4/seed-0"

    def took(run):
        timings = json.loads((run / "timings.json").read_text())
        assert len(timings["epochs"]) == 10
        return timings["preparing"] + sum(timings["epochs"]) + timings["finishing"]

    assert seconds["cmd-keras train"] == pytest.approx(took(runs / "single"), rel=1e-4)
    folds = [took(runs / f"review/runs/fold-{i}-of-2") for i in (1, 2)]
    assert seconds["cmd-keras review"] == pytest.approx(sum(folds), rel=1e-4)


def test_a_review_that_has_ended_took_as_long_as_it_did(contest, tmp_path):
    folder, options = contest
    shutil.copytree(folder, tmp_path / "again")
    results = pd.read_csv(folder / "results.csv")
    ended = results["contestant"].str.startswith("cmd-keras")
    results[~ended].to_csv(tmp_path / "again/results.csv", index=False)
    options = [*options, "--output", str(tmp_path / "again")]
    assert CliRunner().invoke(main, options, catch_exceptions=False).exit_code == 0
    again = pd.read_csv(tmp_path / "again/results.csv").set_index("contestant")["seconds"]
    for name, seconds in results[ended].set_index("contestant")["seconds"].items():
        assert again[name] == seconds


def test_the_table_says_of_how_many_seeds_it_is():
    lines = [("sym:0.2", 0, "a"), ("sym:0.2", 1, "a"), ("sym:0.2", 0, "b"), ("pair:0.4", 0, "a")]
    results = pd.DataFrame(lines, columns=["noise", "seed", "contestant"])
    results[[*SCORES]] = 0.5
    head, _, a, b, *_ = markdown(results).splitlines()
    assert head == f"| {SCORES[0]} | sym:0.2, 2 seeds | pair:0.4, 1 seed |"
    assert a == "| a | 0.500 ± 0.000 | 0.500 |"
    assert b == "| b | 0.500 (1) | – |"
