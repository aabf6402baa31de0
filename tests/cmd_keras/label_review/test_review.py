import numpy as np
import pandas as pd
import pytest

from cmd_keras.label_review import estimate_noise, label_quality, review_labels
from tests.cmd_keras.label_review.estimates import estimate_of

LABELS = [0, 1, 1]
P = np.array([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2]])


def test_every_label_has_the_probability_that_it_is_given():
    assert label_quality(LABELS, P).tolist() == [0.9, 0.7, 0.2]


def test_the_classifiers_word_is_taken_where_nothing_else_is_known():
    review = review_labels(LABELS, P)
    assert review["given"].tolist() == [0, 1, 1]
    assert review["probable"].tolist() == [0, 1, 0]
    assert review["quality"].tolist() == [0.9, 0.7, 0.2]
    assert review["suspected"].tolist() == [False, False, True]


def test_labels_are_ranked_by_what_training_said_of_them_and_suspected_as_before():
    review = review_labels(LABELS, P, evidence=[0.1, 1.0, 0.0])
    assert review["quality"].tolist() == [0.1, 1.0, 0.0]
    assert review["p_given"].tolist() == [0.9, 0.7, 0.2]
    assert review["suspected"].tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ([0.1, 0.2], r"3 numbers in \[0, 1\].*shape \[2\]"),
        ([0.1, 0.2, 1.5], "values from 0.1 to 1.5"),
        ([0.1, np.nan, 0.5], "nan"),
    ],
)
def test_evidence_of_other_labels_is_refused(evidence, said):
    with pytest.raises(ValueError, match=said):
        review_labels(LABELS, P, evidence=evidence)


def test_a_data_frame_gives_classes_and_examples_their_names():
    frame = pd.DataFrame(P, columns=["cat", "dog"], index=["a.png", "b.png", "c.png"])
    review = review_labels(pd.Series(["cat", "dog", "dog"], index=frame.index), frame)
    assert review.index.tolist() == ["a.png", "b.png", "c.png"]
    assert review["given"].tolist() == ["cat", "dog", "dog"]
    assert review["probable"].tolist() == ["cat", "dog", "cat"]
    assert review.loc["c.png", "suspected"]
    numbers = review_labels(np.array(LABELS), P)
    assert review["quality"].tolist() == numbers["quality"].tolist()


@pytest.mark.parametrize(
    ("columns", "labels", "given"),
    [
        ([1, 2], [1, 2, 2], [1, 2, 2]),
        ([1, 0], [1, 0, 0], [1, 0, 0]),
        ([1.0, 2.0], [1, 2, 2], [1, 2, 2]),
        (pd.Index([7, 3], dtype=object), np.array([7, 3, 3], np.uint8), [7, 3, 3]),
        ([0, 1], [0, 1, 1], [0, 1, 1]),
        (["cat", "dog"], [0, 1, 1], ["cat", "dog", "dog"]),
        (["1", "0"], [0, 1, 1], ["1", "0", "0"]),
    ],
)
def test_numbers_are_names_of_columns_that_are_numbers_and_places_of_others(columns, labels, given):
    review = review_labels(labels, pd.DataFrame(P, columns=columns))
    assert review["given"].tolist() == given
    assert review["quality"].tolist() == [0.9, 0.7, 0.2]


def test_labels_of_other_rows_are_refused_and_those_of_the_same_are_not():
    frame, files = pd.DataFrame(P), ["a.png", "b.png", "c.png"]
    assert label_quality(pd.Series(LABELS), frame).tolist() == [0.9, 0.7, 0.2]
    assert label_quality(pd.Series(LABELS, files), P).tolist() == [0.9, 0.7, 0.2]
    for index in (files[::-1], [0, 1, 2]):
        with pytest.raises(ValueError, match=r"one index, in the same order.*labels\.loc"):
            label_quality(pd.Series(LABELS, index), frame.set_index(pd.Index(files)))


def test_a_label_is_suspected_that_is_more_probably_wrong_than_right():
    whatever = estimate_of(np.full((3, 3), 1 / 3), rate=0.6)
    review = review_labels([0, 0], np.array([[0.4, 0.35, 0.25], [0.6, 0.2, 0.2]]), whatever)
    # What it is taken for is another class, even if none of them is more probable.
    assert review["probable"].tolist() == [1, 0]
    assert review["confidence"].tolist() == pytest.approx([0.35, 0.6])
    assert review["quality"].tolist() == pytest.approx([0.4, 0.6])
    assert review["suspected"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("labels", "probabilities", "said"),
    [
        ([0, 1], P, "2 labels and 3 rows"),
        ([0, 1, 2], P, r"labels\[2\] is 2; it must be a class 0 … 1. .* 1 of 3"),
        ([0, -1, -1], P, r"labels\[1\] is -1"),
        ([0.0, 1.0, 1.0], P, "labels must be integers"),
        (np.eye(2)[LABELS], P, "argmax"),
        (["cat", "dog", "dog"], P, "data frame with a column for each"),
        (["cat", "cow", "dog"], pd.DataFrame(P, columns=["cat", "dog"]), r"labels\[1\] is cow"),
        ([0, 1, 2], pd.DataFrame(P, columns=[1, 2]), r"labels\[0\] is 0; .* first of which is 1"),
        ([1, 2, 2.5], pd.DataFrame(P, columns=[1, 2]), r"labels\[2\] is 2.5"),
        (LABELS, pd.DataFrame(P, columns=["cat", "cat"]), "received cat more than once"),
        (["cat", "cat", "cat"], pd.DataFrame(P, columns=["cat", "cat"]), "a name of its own"),
        (np.ma.masked_equal(LABELS, 0), P, r"labels\[0\] masked"),
        (LABELS, np.ma.masked_equal(P, 0.7), r"probabilities\[1, 1\] masked"),
        (LABELS, P[:, 0], "numbers \\[n, C\\]"),
        (LABELS, P[:, :1], "two classes"),
        ([], P[:0], "at least one example"),
        (LABELS, P.astype(str), "must be numbers"),
        (LABELS, np.where(P == 0.7, np.nan, P), r"probabilities\[1\] is \[0.3 nan\]"),
        (LABELS, P * 2, "sum to 1; logits become so by a softmax"),
        (LABELS, P - [[0.4, -0.4]], r"probabilities\[1\] is \[-0.1 +1.1\]"),
    ],
)
@pytest.mark.parametrize("function", [label_quality, review_labels, estimate_noise])
def test_what_does_not_fit_is_named(function, labels, probabilities, said):
    with pytest.raises(ValueError, match=said):
        function(labels, probabilities)


def test_probabilities_in_half_precision_are_taken():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(100), 50).astype(np.float16)
    assert len(label_quality(np.zeros(50, int), p)) == 50


@pytest.mark.parametrize("labels", [[0, 1], [1, 0], [1, 1]])
def test_of_a_tie_no_label_is_suspected(labels):
    review = review_labels(labels, [[0.5, 0.5], [0.5, 0.5]])
    assert not review["suspected"].any()
    assert review["probable"].tolist() == labels
    assert not review_labels([2], [[0.2, 0.4, 0.4]])["suspected"].any()
    assert review_labels([0], [[0.2, 0.4, 0.4]])["suspected"].all()


@pytest.mark.parametrize("name", ["evidence", "runs"])
def test_a_series_beside_is_about_the_same_rows(name):
    p = pd.DataFrame([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2]], index=list("abc"))
    beside = {
        "evidence": pd.Series([0.1, 0.9, 0.5], list("abc")),
        "runs": pd.Series([1, 2, 3], list("abc")),
    }
    beside[name] = beside[name][::-1]
    with pytest.raises(ValueError, match=name):
        review_labels([0, 1, 0], p, **beside)
