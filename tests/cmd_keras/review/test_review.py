"""A review of real digits, whose runs are few epochs long."""

import csv
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from sklearn.datasets import load_digits

from cmd_keras.data.fold import Fold
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.errors import InputError, RunError
from cmd_keras.label_review import (
    estimate_noise,
    neighbours,
    no_class,
    no_class_from,
    review_labels,
    score_review,
    unit_features,
)
from cmd_keras.networks.penultimate import penultimate
from cmd_keras.review import review
from cmd_keras.review.lost_in_folds import words_on
from cmd_keras.review.neighbourhood import Neighbourhood
from cmd_keras.review.opinion import Opinion, parts_of
from cmd_keras.review.part_review import PartReview
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.review.write_review import _notes
from cmd_keras.review_page.judged import BESIDE
from cmd_keras.run import TrainSettings
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.run.results.out_of_sample import OutOfSample
from tests.cmd_keras.review_page.judged import embedded, picture_of
from tests.test_docs import blocks_of

ROOT = Path(__file__).parents[3]
FOLDS = 2
FILES = {
    *("review.json", "metrics.json", "noise_matrix.png", "review.html", "runs"),
    *(f"{part}{name}" for part in ("", "test_")
      for name in ("label_quality.csv", "suspects.csv", "probabilities.npy")),
}  # fmt: skip


# Behind 450 digits some of them come again with another label, five as they are and five with a
# grain of noise; and five images of nothing.
COPIES = {450 + i: 7 * i for i in range(10)}
EXACT = range(450, 455)
NOTHING = range(460, 465)


def saved(folder, changed=()):
    digits, rng = load_digits(), np.random.default_rng(0)
    x, y, of = digits.images[:450], digits.target[:450], list(COPIES.values())
    grains = rng.uniform(0.0, 0.5, (10, 8, 8)) * (np.arange(10) >= 5)[:, None, None]
    again = np.minimum(16.0, x[of] + grains)
    x = np.concatenate([x, again, rng.uniform(0, 16, (len(NOTHING), 8, 8))])
    y = np.concatenate([y, (y[of] + 5) % 10, 2 * np.arange(len(NOTHING))])
    y[list(changed)] = (y[list(changed)] + 1) % 10
    np.savez(folder / "digits.npz", x=x[..., None], y=y)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("review")


@pytest.fixture(scope="module")
def settings(folder):
    saved(folder)
    dataset = f"npz:{folder / 'digits.npz'}"
    return TrainSettings(dataset=dataset, recipe="table", noise="sym:0.3", seed=3, epochs=12)


@pytest.fixture(scope="module")
def reviewed(folder, settings):
    return folder / "out", review(settings, folder / "out", FOLDS, processes=2)


def doubtful(row, no_class_from):
    # As tables have it, of which the page has more digits.
    return row["near_duplicate"] != "" or float(row["no_class"]) >= float(f"{no_class_from:.6g}")


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_example_is_judged_by_the_networks_that_never_saw_it(reviewed, settings):
    out, _ = reviewed
    assert {path.name for path in out.iterdir()} == FILES
    p, test = np.load(out / "probabilities.npy"), np.load(out / "test_probabilities.npy")
    whole = FinishedRun(out / "runs/fold-1-of-2").dataset()
    place = {n: i for i, n in enumerate(sorted([*whole.train_index, *whole.held_out_index]))}
    tests = []
    for fold in Fold.all(FOLDS):
        run = FinishedRun(out / f"runs/fold-{fold.number}-of-{FOLDS}")
        assert run.settings.fold == str(fold)
        part, distiller = run.dataset(), run.distiller()
        said = distiller.predict(part.plain_batches(part.held_out), verbose=0)
        at = [place[number] for number in part.held_out_index]
        np.testing.assert_allclose(p[at], said, atol=1e-6)
        tests.append(distiller.predict(part.plain_batches(part.test), verbose=0))
    np.testing.assert_allclose(test, np.mean(tests, axis=0), atol=1e-6)


def test_the_tables_hold_every_label_and_what_is_thought_of_it(reviewed):
    out, metrics = reviewed
    labels = sorted(rows(out / "label_quality.csv"), key=lambda row: int(row["index"]))
    given = np.array([int(row["given"]) for row in labels])
    p = np.load(out / "probabilities.npy")
    noise = estimate_noise(given, p, seed=3)
    # Each label was learned by the one run of two that did not leave it out.
    learned = [row for run in out.glob("runs/*") for row in rows(run / "label_quality.csv")]
    evidence = {row["index"]: float(row["quality"]) for row in learned}
    assert len(evidence) == len(learned) == len(labels)
    heard = [evidence[row["index"]] for row in labels]
    expected = review_labels(given, p, noise, heard, runs=1)
    assert np.abs(expected["p_given"] - review_labels(given, p, noise)["p_given"]).max() > 0.2
    assert metrics["train"]["noise_rate"] == noise.rate
    for row, wanted in zip(labels, expected.itertuples(), strict=True):
        assert row["file"] == f"x[{row['index']}]"
        assert float(row["p_given"]) == pytest.approx(wanted.quality, rel=1e-5)
        assert int(row["suspected"]) == wanted.suspected
    suspects = [row["index"] for row in rows(out / "suspects.csv")]
    assert set(suspects) == {row["index"] for row in labels if row["suspected"] == "1"}
    test = rows(out / "test_label_quality.csv")
    assert len(test) == len(np.load(out / "test_probabilities.npy")) == metrics["test"]["count"]
    assert not {row["index"] for row in test} & {row["index"] for row in labels}


def test_cleanlab_takes_a_review_as_readme_has_it(reviewed, settings, tmp_path, monkeypatch):
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews/photos").symlink_to(reviewed[0])
    monkeypatch.chdir(tmp_path)
    (snippet,) = (block for block in blocks_of("README.md") if "import Datalab" in block)
    said = {}
    exec(snippet, said)
    dataset = read_data(settings)
    wrong = dataset.given_labels != dataset.clean_labels
    assert wrong.mean() > 0.2
    for issues in (said["issues"], said["found"]["is_label_issue"].to_numpy()):
        assert wrong[issues].mean() > 0.7
        assert issues[wrong].mean() > 0.7


def test_the_page_shows_the_suspects_of_both_parts_with_their_pictures(reviewed, folder):
    out, metrics = reviewed
    data = embedded((out / "review.html").read_text("utf-8"))
    np.testing.assert_allclose(data["matrix"], metrics["train"]["matrix"], atol=0.0006)
    x = np.load(folder / "digits.npz")["x"]
    for part, before in (("train", ""), ("test", "test_")):
        shown = [example for example in data["examples"] if example["part"] == part]
        count, table = metrics[part]["suspected"], rows(out / f"{before}label_quality.csv")
        least = metrics[part]["no_class_from"]
        first = [i < count + BESIDE for i in range(len(table))]
        expected = [
            row
            for is_first, row in zip(first, table, strict=True)
            if is_first or doubtful(row, least)
        ]
        assert {example["name"] for example in shown} == {row["file"] for row in expected}
        assert [example["suspected"] for example in shown] == [i < count for i in range(len(shown))]
        said = {example["name"]: example for example in shown}
        for row in expected:
            example = said[row["file"]]
            assert data["classes"][example["given"]] == row["given_name"]
            assert example["key"] == row["key"]
            assert example["p_given"] == pytest.approx(float(row["p_given"]), abs=6e-5)
            if row["given"] != row["predicted"]:
                assert data["classes"][example["other"]] == row["predicted_name"]
                assert example["p_other"] == pytest.approx(float(row["p_predicted"]), abs=6e-5)
            # Brightness is stretched to that of a picture.
            digit = x[example["index"], ..., 0] / 16.0 * 255.0
            np.testing.assert_allclose(picture_of(example["picture"]), digit, atol=1.0)


def test_what_is_said_by_networks_that_have_lost_a_class_is_not_used_for_its_labels(
    reviewed, settings, tmp_path, capsys
):
    out = shutil.copytree(reviewed[0], tmp_path / "out")
    before = {row["index"]: row["p_given"] for row in rows(out / "label_quality.csv")}
    (out / "metrics.json").unlink()
    run = out / "runs/fold-1-of-2"
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["labels"]["classes_lost"] = [{"class": "3", "given": 20, "named": 1}]
    (run / "metrics.json").write_text(json.dumps(metrics))
    again = review(settings, out, FOLDS, console=Console(width=2000))
    lost = [{"fold": "1/2", "class": "3", "given": 20, "named": 1}]
    assert again["train"]["classes_lost"] == lost
    assert words_on(lost) in capsys.readouterr().out
    assert json.dumps(words_on(lost)) in (out / "review.html").read_text()
    labels = sorted(rows(out / "label_quality.csv"), key=lambda row: int(row["index"]))
    given = np.array([int(row["given"]) for row in labels])
    p = np.load(out / "probabilities.npy")
    alone = review_labels(given, p, estimate_noise(given, p, seed=3))["quality"]
    learned = {row["index"] for row in rows(run / "labels.csv")}
    unheard = 0
    for row, quality in zip(labels, alone, strict=True):
        if row["given"] == "3" and row["index"] in learned:
            assert float(row["p_given"]) == pytest.approx(quality, rel=1e-5)
            unheard += row["p_given"] != before[row["index"]]
        else:
            # The level of what is heard is found without them.
            assert float(row["p_given"]) == pytest.approx(float(before[row["index"]]), abs=0.03)
    assert unheard > 10
    dataset, job_folder = read_data(settings), ReviewFolder(out)
    opinion = Opinion.of_runs(dataset, parts_of(job_folder, settings, dataset, FOLDS))
    none = opinion.runs == 0
    assert none.sum() >= unheard
    assert not opinion.evidence[none].any()
    assert opinion.evidence[~none].all()


def test_where_no_example_can_stand_out_as_one_of_no_class_a_note_says_so():
    def notes(*highest):
        parts = ("train", "test")
        reviews = {
            part: SimpleNamespace(
                tells=True, is_guess=False, given_classes=9, no_class_from=no_class_from(scores)
            )
            for part, scores in zip(parts, highest, strict=True)
        }
        return _notes(reviews, SimpleNamespace(lost=[]))

    # The upper quartile and three distances of the quartiles: 0.5, 1.0 and 1.98.
    usual, just, mixed = [0.1] * 4, [0.25, 0.25, 0.4375, 0.4375], [0.2, 0.2, 0.645, 0.645]
    assert no_class_from(just) == 1.0
    assert notes(usual, just) == []
    (note,) = notes(mixed, usual)
    assert note.startswith("Examples of no class cannot be told apart in the training part: ")
    (note,) = notes(mixed, mixed)
    assert "in the training and the test part: " in note


@pytest.mark.parametrize("strength", [1.5, 8.0])
def test_how_many_are_wrong_is_a_guess_where_networks_are_unsure(strength):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 5)) * strength
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    given = (p.cumsum(axis=1) > rng.random((3000, 1))).argmax(axis=1)
    beside = pd.DataFrame({"near_duplicate": "", "similarity": 0.0, "farness": np.zeros(3000)})
    examples = NamedExamples("train", np.arange(3000))
    about = {"examples": examples, "class_names": list("abcde"), "true": None}
    part = PartReview.of(given, p, 0, beside, **about)
    assert (
        part.summary()["sureness"] == part.sureness == pytest.approx(p.max(axis=1).mean(), abs=0.05)
    )
    assert part.is_guess == (strength < 2)
    notes = _notes({"train": part}, SimpleNamespace(lost=[]))
    assert len(notes) == (strength < 2)
    if notes:
        assert f"which has {part.sureness:.0%} in the training part on average" in notes[0]


def test_classes_that_folds_have_lost_are_named_up_to_three():
    lost = [{"fold": "2/5", "class": f"k{i}", "given": 9, "named": 1} for i in range(5)]
    assert words_on([]) is None
    assert ": 'k0' in fold 2/5 (for 1 example; 9 labels say so), 'k1'" in words_on(lost)
    assert "'k2'" in words_on(lost[:3])
    assert " and " not in words_on(lost[:3]).split(". What")[0]
    assert "'k3'" not in words_on(lost)
    assert " and 2 more. What they predicted" in words_on(lost)


def test_what_was_corrupted_is_found(reviewed, settings):
    out, metrics = reviewed
    assert metrics == json.loads((out / "metrics.json").read_text())
    assert metrics["class_names"] == [str(k) for k in range(10)]
    train = metrics["train"]
    low, high = train["noise_interval"]
    assert 0.2 < low < train["noise_rate"] < high < 0.45
    assert train["tells"]
    assert train["auroc"] > 0.95
    assert train["f1"] > 0.8
    assert "wrong" not in metrics["test"], "nobody knows which test labels are wrong"


def test_a_validation_share_is_held_out_of_each_run_and_judged_all_the_same(settings, tmp_path):
    settings = dataclasses.replace(settings, validation_split=0.2, epochs=1)
    review(settings, tmp_path / "out", FOLDS)
    run = FinishedRun(tmp_path / "out/runs/fold-1-of-2").dataset()
    whole = len(run.train_index) + len(run.validation) + len(run.held_out_index)
    assert len(run.validation) > 0
    assert np.load(tmp_path / "out/probabilities.npy").shape == (whole, 10)
    assert np.isfinite(np.load(tmp_path / "out/probabilities.npy")).all()
    numbers = [row["index"] for row in rows(tmp_path / "out/label_quality.csv")]
    assert len(set(numbers)) == whole


def test_what_has_ended_is_not_made_again(reviewed, settings):
    out, metrics = reviewed
    runs = list(out.glob("runs/*/*"))
    before = {path: path.stat().st_mtime_ns for path in runs}
    suspects = (out / "suspects.csv").read_bytes()
    # Decisions of a user who did not choose another name for the file.
    (out / "suspects.csv").write_bytes(suspects + b"more\n")
    assert review(settings, out, FOLDS) == metrics
    assert (out / "suspects.csv").read_bytes() == suspects + b"more\n"
    (out / "suspects.csv").write_bytes(suspects)
    assert {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*")} == before


@pytest.mark.parametrize(
    ("changes", "folds", "said"),
    [
        ({}, 4, "its folds is 2, and 4 was given"),
        ({"epochs": 5}, FOLDS, "its epochs is 12, and 5 was given"),
        ({"fold": "1/2"}, FOLDS, "of a single run"),
        ({"strategy": "data-parallel", "backend": "jax"}, FOLDS, "one-device or mirrored here"),
        ({}, 1, "folds must lie in 2"),
    ],
)
def test_another_review_is_not_mixed_with_it(reviewed, settings, changes, folds, said):
    with pytest.raises(InputError, match=said):
        review(settings.changed(**changes), reviewed[0], folds)


def test_labels_that_were_changed_meanwhile_are_refused(reviewed, settings, folder):
    saved(folder, changed=[17])
    try:
        with pytest.raises(InputError, match=r"The data are not those .*labels\.csv"):
            review(settings, reviewed[0], FOLDS)
    finally:
        saved(folder)


def test_folds_of_other_settings_are_not_combined(reviewed, settings, tmp_path):
    """Also those that have ended: an older version may have taken another recipe for the data."""
    out = shutil.copytree(reviewed[0], tmp_path / "out")
    (out / "metrics.json").unlink()
    config = out / "runs" / f"fold-1-of-{FOLDS}" / "config.json"
    changed = json.loads(config.read_text())
    changed["settings"]["rho"] = 0.5
    config.write_text(json.dumps(changed))
    with pytest.raises(InputError, match=r"fold-1-of-.* holds another run: its rho is 0\.5, and"):
        review(settings, out, FOLDS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", None])
def test_probabilities_that_were_damaged_are_said_and_not_used(reviewed, settings, content):
    path = reviewed[0] / "runs/fold-2-of-2/out_of_sample.npz"
    whole, metrics = path.read_bytes(), (reviewed[0] / "metrics.json").read_text()
    # Of a review that has ended they are not asked for any more.
    (reviewed[0] / "metrics.json").unlink()
    try:
        if content is None:
            with np.load(path) as arrays:
                np.savez(path, held_out=arrays["held_out"][1:], test=arrays["test"])
        else:
            path.write_bytes(content)
        with pytest.raises(InputError, match=r"Cannot read|of other examples"):
            review(settings, reviewed[0], FOLDS)
    finally:
        path.write_bytes(whole)
        (reviewed[0] / "metrics.json").write_text(metrics)


def test_a_run_that_fails_is_named_and_the_others_are_kept(settings, tmp_path):
    wild = settings.changed(learning_rate=1e30, epochs=1)
    with pytest.raises(RunError, match=r"2 of 2 runs failed; fold ./2: .* same command"):
        review(wild, tmp_path / "out", 2, processes=2)
    assert not (tmp_path / "out/metrics.json").exists()


def test_killed_it_goes_on_to_the_same_result(reviewed, settings, tmp_path):
    code = (
        "from cmd_keras.review import review; from cmd_keras.run import TrainSettings\n"
        "import json, sys\n"
        "if __name__ == '__main__':\n"
        "    review(TrainSettings.from_json(json.loads(sys.argv[1])), sys.argv[2], 2)"
    )
    out = tmp_path / "out"
    written = json.dumps(settings.to_json())
    process = subprocess.Popen([sys.executable, "-c", code, written, str(out)], cwd=ROOT)
    deadline = time.monotonic() + 180
    while not list(out.glob("runs/fold-2-of-2/history.csv")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    metrics = resumed(settings, out)
    assert metrics == reviewed[1]
    for name in FILES - {"runs", "noise_matrix.png"}:
        assert (out / name).read_bytes() == (reviewed[0] / name).read_bytes(), name


def resumed(settings, out):
    """The review, once the run that was going on has ended with its parent."""
    for _ in range(200):
        try:
            return review(settings, out, FOLDS)
        except (InputError, RunError) as error:
            if "Another process" not in str(error):
                raise
            time.sleep(0.1)
    raise AssertionError("the run did not end with its parent")


def both_parts(out):
    """The rows of both tables, by their number in the file."""
    tables = [rows(out / f"{part}label_quality.csv") for part in ("", "test_")]
    return {int(row["index"]): row for table in tables for row in table}


def test_what_comes_again_with_another_label_is_named_and_nothing_else(reviewed):
    examples = both_parts(reviewed[0])
    pairs = {*COPIES.items(), *((of, copy) for copy, of in COPIES.items())}
    # Noise was added to the labels, which may have made two of them one again.
    pairs = {(i, j) for i, j in pairs if examples[i]["given"] != examples[j]["given"]}
    named = {(i, row["near_duplicate"]) for i, row in examples.items() if row["near_duplicate"]}
    found = {(i, int(name.removeprefix("x[").removesuffix("]"))) for i, name in named}
    assert found <= pairs, "a false alarm"
    exact = {(i, j) for i, j in pairs if {i, j} & set(EXACT)}
    assert exact <= found
    assert {examples[i]["similarity"] for i, _ in exact} == {"1"}
    assert len(found) >= 0.8 * len(pairs)
    assert all((row["similarity"] == "") == (i not in dict(found)) for i, row in examples.items())
    counts = [reviewed[1][part]["near_duplicates"] for part in ("train", "test")]
    assert sum(counts) == len(found)


def test_images_of_nothing_belong_to_no_class(reviewed):
    score = {i: float(row["no_class"]) for i, row in both_parts(reviewed[0]).items()}
    assert all(0.0 <= value <= 1.0 for value in score.values())
    assert set(NOTHING) <= set(sorted(score, key=score.get)[-2 * len(NOTHING) :])
    assert min(score[i] for i in NOTHING) >= 0.5
    # 24 of 445 digits are a false alarm of networks that have learned of few, wrongly labelled.
    assert sum(value >= 0.5 for value in score.values()) < 0.1 * len(score)


def test_the_page_says_what_comes_again_and_what_is_of_no_class(reviewed):
    shown = embedded((reviewed[0] / "review.html").read_text("utf-8"))["examples"]
    examples = both_parts(reviewed[0])
    for example in shown:
        row = examples[example["index"]]
        assert example.get("near_duplicate", "") == row["near_duplicate"]
        said = float(row["no_class"])
        said = said if said >= reviewed[1][example["part"]]["no_class_from"] else 0.0
        assert example.get("no_class", 0.0) == pytest.approx(said, abs=6e-4)


def test_each_is_judged_in_the_features_of_networks_that_never_saw_it(reviewed):
    out = reviewed[0]
    examples = both_parts(out)
    whole = FinishedRun(out / "runs/fold-2-of-2").dataset()
    distiller = FinishedRun(out / "runs/fold-2-of-2").distiller()
    x = np.concatenate([np.stack(list(part.in_order().as_numpy_iterator()))
                        for part in (whole.train, whole.held_out, whole.test)])  # fmt: skip
    index = np.concatenate([whole.train_index, whole.held_out_index, whole.test_index])
    features = unit_features(
        *(penultimate(peer).predict(x, verbose=0) for peer in (distiller.peer_a, distiller.peer_b))
    )
    labels = np.array([int(examples[i]["given"]) for i in index.tolist()])
    asked = np.arange(len(whole.train), len(whole.train) + len(whole.held_out))
    found = neighbours(features, labels, asked, 10)
    given = [int(row["given"]) for row in rows_by_index(out)]
    p = np.load(out / "probabilities.npy")
    calibrated = estimate_noise(given, p, seed=3).calibrated(p)
    place = {int(row["index"]): i for i, row in enumerate(rows_by_index(out))}
    at = [place[i] for i in whole.held_out_index.tolist()]
    said = [float(examples[i]["no_class"]) for i in whole.held_out_index.tolist()]
    np.testing.assert_allclose(no_class(found.farness(), calibrated[at]), said, atol=1e-4)


def rows_by_index(out):
    return sorted(rows(out / "label_quality.csv"), key=lambda row: int(row["index"]))


def test_networks_without_features_leave_the_columns_to_the_inputs_and_say_so(
    reviewed, settings, monkeypatch
):
    monkeypatch.setattr("cmd_keras.review.neighbourhood.penultimate", lambda network: None)
    dataset = read_data(settings)
    parts = parts_of(ReviewFolder.of_review(reviewed[0]), settings, dataset, FOLDS)
    found = Neighbourhood.of_runs(dataset, parts)
    said = r"Examples that come again were looked for, not such of no class: .* in a Dense layer"
    assert re.match(said, found.lacking)
    assert np.isnan(found.farness).all()
    columns = {**dict(zip(dataset.train_index.tolist(), found.columns("train", len(dataset.train)).to_dict("records"), strict=True)),
               **dict(zip(dataset.test_index.tolist(), found.columns("test", len(dataset.train)).to_dict("records"), strict=True))}  # fmt: skip
    examples = both_parts(reviewed[0])
    for i, row in columns.items():
        # Images are compared by what they show, which needs no features.
        assert row["near_duplicate"] == examples[i]["near_duplicate"]


def test_without_evidence_of_any_run_labels_are_ranked_by_who_never_saw_them(
    reviewed, settings, monkeypatch
):
    def without_evidence(folder):
        return dataclasses.replace(of_run(folder), evidence=None)

    of_run = OutOfSample.of_run
    monkeypatch.setattr(OutOfSample, "of_run", without_evidence)
    dataset = read_data(settings)
    parts = parts_of(ReviewFolder.of_review(reviewed[0]), settings, dataset, FOLDS)
    opinion = Opinion.of_runs(dataset, parts)
    assert opinion.evidence is None
    noise = estimate_noise(dataset.given_labels, opinion.train)
    known = (dataset.given_labels, opinion.train, noise, opinion.evidence, opinion.runs)
    labels = review_labels(*known)
    np.testing.assert_array_equal(labels["quality"], labels["p_given"])
    assert score_review(labels, dataset.clean_labels)["auroc"] > 0.9
