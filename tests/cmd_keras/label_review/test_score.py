import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from cmd_keras.label_review import review_labels, score_review

SOME = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 9))


@given(st.lists(SOME, min_size=2, max_size=30))
def test_scores_are_those_of_scikit_learn(examples):
    y, true, peak = map(np.array, zip(*examples, strict=True))
    p = np.full((len(y), 3), 0.05)
    # Of ten values, so that some are equal.
    p[np.arange(len(y)), (y + (peak > 5)) % 3] += 0.05 * peak + 0.2
    p /= p.sum(axis=1, keepdims=True)
    review = review_labels(y, p)
    scores = score_review(review, true)
    wrong, suspected = y != true, review["suspected"]
    assert scores["wrong"] == wrong.sum()
    if not wrong.any():
        assert set(scores) == {"wrong"}
        return
    assert scores["precision"] == precision_score(wrong, suspected, zero_division=0)
    assert scores["recall"] == recall_score(wrong, suspected)
    assert scores["f1"] == pytest.approx(f1_score(wrong, suspected))
    if wrong.all():
        assert "auroc" not in scores
    else:
        assert scores["auroc"] == pytest.approx(roc_auc_score(wrong, -review["quality"]))


def test_wrong_labels_whose_true_class_is_the_probable_one_are_restored():
    p = np.array([[0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.8, 0.1, 0.1]])
    assert score_review(review_labels([0, 0, 0], p), [1, 2, 0])["restored"] == 0.5


def test_other_labels_than_those_of_the_review_are_refused():
    review = review_labels([0, 1], np.full((2, 2), 0.5))
    with pytest.raises(ValueError, match=r"must be \[2\], .* received \[3\]"):
        score_review(review, [0, 1, 1])


NAMED = pd.DataFrame([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2]], columns=["cat", "dog"])


def test_where_classes_have_names_right_labels_are_names_whatever_the_labels_were():
    for labels in ([0, 1, 1], ["cat", "dog", "dog"]):
        review = review_labels(labels, NAMED)
        assert score_review(review, ["cat", "dog", "cat"])["wrong"] == 1
        with pytest.raises(ValueError, match=r"holds text, such as 'cat'; received a number, 0\."):
            score_review(review, [0, 1, 0])


@pytest.mark.parametrize("true", [["0", "1", "0"], [False, True, False], [0, None, 1]])
def test_right_labels_of_another_kind_are_refused(true):
    with pytest.raises(ValueError, match=r"holds a number, such as 0; received "):
        score_review(review_labels([0, 1, 1], NAMED.to_numpy()), true)


def test_a_class_that_nobody_named_may_be_the_right_one():
    review = review_labels([0, 1, 1], np.eye(3)[[0, 1, 1]])
    for true in ([0, 1, 2], np.array([0, 1, 2], np.uint8), np.array([0.0, 1.0, 2.0])):
        assert score_review(review, true)["wrong"] == 1


def test_right_labels_of_other_rows_are_refused():
    frame = NAMED.set_index(pd.Index(["a", "b", "c"]))
    review = review_labels([0, 1, 1], frame)
    true = pd.Series(["cat", "dog", "cat"], index=frame.index)
    assert score_review(review, true)["wrong"] == 1
    with pytest.raises(ValueError, match=r"true and review must have one index.*true\.loc\["):
        score_review(review.sort_values("quality"), true)
