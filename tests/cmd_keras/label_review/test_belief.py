import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.label_review import class_belief, review_labels
from cmd_keras.label_review.calibrated import calibrated
from cmd_keras.label_review.noise_estimate import SURE
from tests.cmd_keras.label_review.estimates import estimate_of

LABELS = [0, 1, 1]
P = np.array([[0.8, 0.15, 0.05], [0.3, 0.7, 0.0], [1.0, 0.0, 0.0]])


def test_each_training_is_one_voice_and_the_networks_that_never_saw_a_label_are_one():
    belief = class_belief(LABELS, P, evidence=[0.2, 1.0, 0.5], runs=[3, 1, 0])
    assert belief[0] == pytest.approx([0.35, 0.65 * 0.75, 0.65 * 0.25])
    assert belief[1] == pytest.approx([0.15, 0.85, 0.0])
    assert belief[2].tolist() == [1.0, 0.0, 0.0], "no other training, so the evidence is nobody's"


def test_a_rate_is_no_estimate_of_the_noise():
    with pytest.raises(ValueError, match=r"what estimate_noise returned .* received 0\.3"):
        review_labels(LABELS, P, 0.3)


def test_of_a_label_beyond_doubt_the_other_classes_share_what_is_contradicted():
    belief = class_belief([0], P[2:], evidence=[0.0], runs=1)
    assert belief[0] == pytest.approx([0.5, 0.25, 0.25])


@given(st.data())
def test_it_is_a_distribution_whose_other_classes_keep_their_proportions(data):
    count, classes = data.draw(st.integers(1, 5)), data.draw(st.integers(2, 4))
    unit = st.floats(0, 1)
    p = np.array(data.draw(st.lists(unit, min_size=count * classes, max_size=count * classes)))
    p = p.reshape(count, classes) + 0.01
    p /= p.sum(axis=1, keepdims=True)
    y = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=count, max_size=count)))
    evidence = np.array(data.draw(st.lists(unit, min_size=count, max_size=count)))
    runs = np.array(data.draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)))
    belief = class_belief(y, p, evidence=evidence, runs=runs)
    np.testing.assert_allclose(belief.sum(axis=1), 1.0, atol=1e-12)
    for i in range(count):
        expected = (p[i, y[i]] + sum(evidence[i] for _ in range(runs[i]))) / (1 + runs[i])
        assert belief[i, y[i]] == pytest.approx(expected)
        others = np.arange(classes) != y[i]
        left = p[i, others] * (1 - expected) / (1 - p[i, y[i]])
        np.testing.assert_allclose(belief[i, others], left, atol=1e-12)


def test_a_label_that_most_trainings_contradicted_is_suspected_whatever_the_last_word():
    review = review_labels([0, 0], P[[0, 0]], evidence=[0.1, 0.9], runs=4)
    assert review["suspected"].tolist() == [True, False]
    assert review["quality"].tolist() == pytest.approx([0.24, 0.88])
    assert review["p_given"].tolist() == review["quality"].tolist()


def test_the_networks_that_never_saw_a_label_speak_with_what_is_known_of_the_noise():
    whatever = estimate_of(np.full((3, 3), 1 / 3), rate=0.6)
    posterior = whatever.posterior(np.array(LABELS), P)
    belief = class_belief(LABELS, P, whatever, [0.5, 0.5, 0.5], 1)
    each = np.arange(3)
    np.testing.assert_allclose(belief[each, LABELS], (posterior[each, LABELS] + 0.5) / 2)
    np.testing.assert_array_equal(class_belief(LABELS, P, whatever), posterior)


@pytest.mark.parametrize(("temperature", "voices"), [(1.0, 3.0), (3.0, 1.0)])
def test_those_who_saw_a_label_are_one_voice_where_they_are_sure_of_little(temperature, voices):
    noise = dataclasses.replace(estimate_of(0.8 * np.eye(3) + 0.2 / 3), temperature=temperature)
    p = P[[0, 1, 1]] + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    at = p ** (1 / temperature)
    at /= at.sum(axis=1, keepdims=True)
    assert noise.sureness(p) == pytest.approx(at.max(axis=1).mean())
    assert (noise.sureness(p) < SURE) == (temperature == 3.0)
    evidence = np.array([0.2, 0.9, 0.6])
    belief = class_belief(LABELS, p, noise, evidence, 3)
    joint = at * noise.matrix.T[LABELS]
    each = np.arange(3)
    never_saw = (joint / joint.sum(axis=1, keepdims=True))[each, LABELS]
    saw = calibrated(evidence, never_saw)
    expected = (voices * saw + never_saw) / (voices + 1)
    np.testing.assert_allclose(belief[each, LABELS], expected, atol=1e-9)
    # Where nobody else saw it there is one voice less.
    alone = class_belief(LABELS, p, noise, evidence, [0, 3, 3])
    assert alone[0, 0] == pytest.approx(never_saw[0])


def test_what_is_no_evidence_is_refused():
    with pytest.raises(ValueError, match=r"evidence must be 3 numbers in \[0, 1\]"):
        class_belief(LABELS, P, evidence=[0.1, 0.2], runs=1)
    with pytest.raises(ValueError, match=r"runs must be one number, or 3, .* shape \[2\]"):
        class_belief(LABELS, P, evidence=[0.1, 0.2, 0.3], runs=[1, 2])
    with pytest.raises(ValueError, match="runs must be counts, at least 0, received -1"):
        class_belief(LABELS, P, evidence=[0.1, 0.2, 0.3], runs=-1)


@pytest.mark.parametrize("runs", [np.inf, [1, 2, np.inf], [np.nan, 1, 2]])
def test_runs_that_cannot_be_counted_are_refused(runs):
    with pytest.raises(ValueError, match=r"runs must be counts, at least 0, received (inf|nan)"):
        class_belief(LABELS, P, evidence=[0.1, 0.2, 0.3], runs=runs)


def test_evidence_and_runs_of_other_rows_are_refused():
    frame = pd.DataFrame(P, index=["a", "b", "c"])
    same, other = (pd.Series([0.2, 1.0, 0.5], index=list(order)) for order in ("abc", "cba"))
    expected = class_belief(LABELS, P, evidence=[0.2, 1.0, 0.5], runs=1)
    np.testing.assert_array_equal(class_belief(LABELS, frame, evidence=same, runs=1), expected)
    np.testing.assert_array_equal(class_belief(LABELS, P, evidence=other, runs=1), expected)
    with pytest.raises(ValueError, match="evidence and probabilities must have one index"):
        class_belief(LABELS, frame, evidence=other, runs=1)
    with pytest.raises(ValueError, match="runs and probabilities must have one index"):
        class_belief(LABELS, frame, evidence=same, runs=other)
    labels = pd.Series(LABELS, index=frame.index)
    with pytest.raises(ValueError, match="evidence and labels must have one index"):
        class_belief(labels, P, evidence=other, runs=1)


@pytest.mark.parametrize("total", [0.991, 1.009])
def test_it_is_a_distribution_where_probabilities_are_rounded(total):
    p = np.array([[total, 0.0], [total / 2, total / 2]])
    for belief in (class_belief([0, 0], p), class_belief([0, 0], p, evidence=[1.0, 0.5], runs=1)):
        np.testing.assert_allclose(belief, [[1.0, 0.0], [0.5, 0.5]], atol=1e-12)
        assert ((belief >= 0.0) & (belief <= 1.0)).all()
