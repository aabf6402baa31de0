import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data import Noise
from cmd_keras.label_review import estimate_noise, review_labels
from reference import noise_estimate as reference
from tests.cmd_keras.label_review.estimates import estimate_of


def drawn(matrix, n=4000, sharpness=1.0, seed=0):
    """True classes, labels by `matrix`, and probabilities that are right at temperature 1."""
    rng = np.random.default_rng(seed)
    classes = len(matrix)
    p = rng.dirichlet(np.full(classes, 0.2), n)
    true = (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    given = (np.cumsum(matrix[true], axis=1) > rng.random((n, 1))).argmax(axis=1)
    sharp = np.maximum(p, 1e-9) ** sharpness
    return true, given, sharp / sharp.sum(axis=1, keepdims=True)


SYMMETRIC = np.full((4, 4), 0.1) + 0.6 * np.eye(4)
PAIR = 0.75 * np.eye(4) + 0.25 * np.roll(np.eye(4), 1, axis=1)
NONE = np.eye(4)


@pytest.mark.parametrize("matrix", [SYMMETRIC, PAIR, NONE], ids=["symmetric", "pair", "none"])
@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_what_the_labels_were_drawn_with_is_found(matrix, sharpness):
    true, labels, p = drawn(matrix, sharpness=sharpness)
    estimate = estimate_noise(labels, p)
    rate = (labels != true).mean()
    assert estimate.rate == pytest.approx(rate, abs=0.04)
    np.testing.assert_allclose(estimate.matrix, matrix, atol=0.07)
    np.testing.assert_allclose(estimate.matrix.sum(axis=1), 1.0)
    assert estimate.temperature == pytest.approx(sharpness, rel=0.25)
    assert estimate.tells


def test_the_interval_holds_the_rate_as_often_as_it_says():
    held = 0
    for seed in range(20):
        true, labels, p = drawn(SYMMETRIC, n=800, seed=seed)
        low, high = estimate_noise(labels, p).interval
        assert 0.0 <= low < high <= 1.0
        assert high - low < 0.2
        held += low <= (labels != true).mean() <= high
    # 95 % of 20 are 19; 16 or fewer would come about once in 400 times.
    assert held >= 17


@pytest.mark.parametrize("matrix", [SYMMETRIC, PAIR, NONE], ids=["symmetric", "pair", "none"])
def test_the_interval_of_the_matrix_holds_how_often_each_class_was_labelled_so(matrix):
    held = []
    for seed in range(10):
        true, labels, p = drawn(matrix, n=800, seed=seed)
        estimate = estimate_noise(labels, p)
        low, high = estimate.matrix_interval
        assert ((low >= 0.0) & (low <= estimate.matrix) & (estimate.matrix <= high)).all()
        assert (high <= 1.0).all()
        assert (high - low).max() < 0.3
        count = np.bincount(true * 4 + labels, minlength=16).reshape(4, 4)
        share = count / count.sum(axis=1, keepdims=True)
        held.append((low - 1e-9 <= share) & (share <= high + 1e-9))
    # 95 % of 160, which are not independent.
    assert np.mean(held) > 0.88


def test_of_eight_times_as_many_examples_the_matrix_is_known_nearly_three_times_as_well():
    wide = []
    for n in (600, 4800):
        _, labels, p = drawn(SYMMETRIC, n=n)
        low, high = estimate_noise(labels, p).matrix_interval
        wide.append((high - low).mean())
    assert wide[0] / wide[1] == pytest.approx(8**0.5, rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_knows_nothing_of_the_seed_that_labels_were_corrupted_with(seed):
    clean = np.arange(1300) % 10
    labels = Noise("sym", 0.2).corrupt(clean, 10, seed)
    rng = np.random.default_rng([seed, 7])
    p = rng.dirichlet(np.full(10, 0.1), 1300) / 10 + 0.9 * np.eye(10)[clean]
    low, high = estimate_noise(labels, p, seed=seed).interval
    assert low < (labels != clean).mean() < high
    assert 0.01 < high - low < 0.08


def test_to_know_the_matrix_is_better_than_the_classifiers_word():
    true, labels, p = drawn(PAIR, sharpness=0.5)
    wrong = labels != true
    mistakes = {
        name: (review["suspected"] != wrong).mean()
        for name, review in {
            "word": review_labels(labels, p),
            "matrix": review_labels(labels, p, estimate_noise(labels, p)),
        }.items()
    }
    assert mistakes["matrix"] < mistakes["word"] - 0.02


def test_quality_is_the_probability_that_a_label_is_right():
    true, labels, p = drawn(SYMMETRIC, n=20_000, sharpness=3.0)
    quality = review_labels(labels, p, estimate_noise(labels, p))["quality"].to_numpy()
    for low in (0.0, 0.25, 0.5, 0.75):
        bin_ = (quality >= low) & (quality < low + 0.25)
        assert (labels == true)[bin_].mean() == pytest.approx(quality[bin_].mean(), abs=0.05)


def test_a_classifier_that_knows_nothing_is_told_so():
    rng = np.random.default_rng(0)
    labels, p = rng.integers(10, size=2000), rng.dirichlet(np.ones(10), 2000)
    assert not estimate_noise(labels, p).tells
    assert not estimate_noise(labels, np.full((2000, 10), 0.1)).tells


@pytest.mark.parametrize("rare", [10, 100, 1000])
def test_a_classifier_that_knows_all_of_a_rare_class_tells(rare):
    labels = np.arange(2000) < rare
    right = np.where(labels[:, None] == [False, True], 0.999, 0.001)
    estimate = estimate_noise(labels.astype(int), right)
    assert estimate.tells
    assert estimate.gain == pytest.approx(estimate.entropy, rel=0.05)
    knows_shares = np.tile([1 - rare / 2000, rare / 2000], (2000, 1))
    assert not estimate_noise(labels.astype(int), knows_shares).tells


def test_classes_that_no_label_names_are_nothing_to_know():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=1000)
    p = np.zeros((1000, 50))
    p[np.arange(1000), labels], p[np.arange(1000), 1 - labels] = 0.7, 0.3
    estimate = estimate_noise(labels, p)
    assert estimate.entropy == pytest.approx(np.log(2), rel=0.01)
    assert estimate.tells


def test_a_label_that_the_estimate_knows_nothing_of_is_refused():
    p = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.3, 0.7, 0.0], [0.6, 0.4, 0.0]])
    estimate = estimate_noise([0, 1, 1, 0], p)
    with pytest.raises(ValueError, match="Label number 1, counted from 0, is of class 2, which no"):
        review_labels([0, 2], [[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], estimate)


@pytest.mark.filterwarnings("error")
def test_classes_of_one_example_or_none_leave_numbers():
    rng = np.random.default_rng(0)
    labels, p = np.r_[rng.integers(3, size=60), 3], rng.dirichlet(np.ones(5), 61)
    estimate = estimate_noise(labels, p)
    shares = (*estimate.interval, estimate.matrix, estimate.matrix_interval)
    for value in (estimate.rate, *shares, estimate.gain):
        assert np.isfinite(value).all()
    assert np.isfinite(estimate.posterior(labels, p)).all()


def test_the_same_seed_gives_the_same_interval():
    _, labels, p = drawn(SYMMETRIC, n=300)
    assert estimate_noise(labels, p).interval == estimate_noise(labels, p).interval
    assert estimate_noise(labels, p).interval != estimate_noise(labels, p, seed=1).interval


@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(1, 8))
def test_the_posterior_is_that_of_bayes(seed, classes, n):
    rng = np.random.default_rng(seed)
    p, y = rng.dirichlet(np.ones(classes), n), rng.integers(classes, size=n)
    matrix = rng.dirichlet(np.ones(classes), classes)
    estimate = estimate_of(matrix, temperature=1.5)
    expected = reference.posterior(p, y, matrix, temperature=1.5)
    np.testing.assert_allclose(estimate.posterior(y, p), expected, rtol=1e-9, atol=1e-12)


def test_the_estimate_is_a_fixed_point_of_the_equations():
    _, labels, p = drawn(PAIR, n=500)
    estimate = estimate_noise(labels, p)
    again = reference.next_matrix(p, labels, estimate.matrix, estimate.temperature, prior=1.0)
    np.testing.assert_allclose(again, estimate.matrix, atol=2e-3)
    posterior = reference.posterior(p, labels, estimate.matrix, estimate.temperature)
    wrong = [1.0 - row[label] for row, label in zip(posterior, labels, strict=True)]
    assert estimate.rate == pytest.approx(np.mean(wrong), abs=1e-9)


def test_an_estimate_of_other_classes_is_refused():
    _, labels, p = drawn(SYMMETRIC, n=100)
    with pytest.raises(ValueError, match="of 4 classes, received probabilities of 5"):
        estimate_noise(labels, p).posterior(labels, np.full((100, 5), 0.2))
