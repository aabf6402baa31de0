"""Evidence becomes a probability: one that happens as often as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from cmd_keras.label_review import class_belief, review_labels
from cmd_keras.label_review.calibrated import calibrated
from tests.cmd_keras.label_review.estimates import estimate_of


def of_hard_examples(count=4000, seed=0):
    """Who never saw the labels knows the level; who learned them the order, and too little."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(1.5, 2.0, count)
    right = rng.random(count) < expit(odds)
    evidence = expit(0.4 * odds - 1.6 + 0.1 * rng.normal(size=count))
    return right, expit(odds), evidence


def test_a_label_is_right_as_often_as_it_is_said_to_be():
    right, p_right, evidence = of_hard_examples()
    found = calibrated(evidence, p_right)
    assert (evidence < 0.5).mean() > 0.8
    assert (~right).mean() < 0.3
    for low in (0.0, 0.25, 0.5, 0.75):
        here = (found >= low) & (found < low + 0.25)
        assert here.sum() > 100
        assert found[here].mean() == pytest.approx(right[here].mean(), abs=0.05)


def test_the_line_through_the_log_odds_is_found():
    odds = np.linspace(-3.0, 3.0, 10_000)
    found = calibrated(expit(odds), expit(0.5 * odds + 1.0))
    np.testing.assert_allclose(logit(found), 0.5 * odds + 1.0, atol=0.01)


def test_of_few_labels_evidence_is_taken_at_its_word():
    assert calibrated(np.array([0.3]), np.array([0.3])) == pytest.approx([0.3])
    # One label that is surely right moves it less than ten do.
    one, ten = (calibrated(np.full(n, 0.3), np.full(n, 1.0))[0] for n in (1, 10))
    assert 0.3 < one < ten < 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_it_is_a_probability_whatever_is_said(pairs):
    evidence, p_right = map(np.array, zip(*pairs, strict=True))
    found = calibrated(evidence, p_right)
    assert ((found >= 0.0) & (found <= 1.0)).all()
    # Greatest where it should be: no other intercept has a likelier mean.
    assert abs(found.sum() - p_right.sum()) <= 1.0 + abs(logit(found.clip(1e-9, 1 - 1e-9))).max()


def test_as_many_labels_are_suspected_as_are_thought_wrong():
    """Networks that are right about half of the examples, of which a fifth has a wrong label."""
    rng = np.random.default_rng(1)
    count, classes = 6000, 5
    p = rng.dirichlet(np.full(classes, 0.5), count)
    true = (p.cumsum(axis=1) > rng.random((count, 1))).argmax(axis=1)
    wrong = rng.random(count) < 0.2
    y = np.where(wrong, (true + rng.integers(1, classes, count)) % classes, true)
    matrix = np.full((classes, classes), 0.05)
    np.fill_diagonal(matrix, 0.8)
    noise = estimate_of(matrix)
    posterior = noise.posterior(y, p)[np.arange(count), y]
    evidence = expit(0.5 * logit(posterior.clip(1e-3, 1 - 1e-3)) - 1.5)
    assert (evidence < 0.5).mean() > 0.5
    review = review_labels(y, p, noise, evidence, runs=4)
    assert (1 - review["p_given"]).mean() == pytest.approx(0.2, abs=0.02)
    assert review["suspected"].mean() < 0.25
    # Without an estimate of the noise nobody knows the level.
    plain = class_belief(y, p, None, evidence, 4)[np.arange(count), y]
    np.testing.assert_allclose(plain, (4 * evidence + p[np.arange(count), y]) / 5)
