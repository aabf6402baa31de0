"""Neighbours of real digits, by their pixels, and of drawn vectors, beside the reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from cmd_keras.label_review import neighbours, unit_features
from reference import neighbours as reference


@st.composite
def drawn(draw):
    """Features of two networks, labels with classes that may be empty, and who is asked about."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, classes = draw(st.integers(3, 24)), draw(st.integers(2, 4))
    one, two = (rng.normal(size=(n, d)) * 10.0 ** draw(st.integers(-2, 2)) for d in (3, 6))
    labels = rng.integers(0, classes, n)
    if draw(st.booleans()):
        one[-1], two[-1] = one[0] + 1e-3 * np.abs(one).min(), two[0]
    asked = rng.permutation(n)[: draw(st.integers(1, n))]
    return one, two, labels, classes, asked


@given(drawn())
def test_they_are_those_of_the_reference(drawn):
    one, two, y, classes, asked = drawn
    found = neighbours(unit_features(one, two), y, asked, classes)
    features = list(zip(one, two, strict=True))
    expected = [reference.near_duplicate(i, features, y, asked) for i in asked]
    assert found.near_duplicates().tolist() == expected
    to_classes = [[reference.to_class(i, c, features, y) for c in range(classes)] for i in asked]
    # Features are float32.
    np.testing.assert_allclose(found.class_distance, to_classes, rtol=1e-3, atol=1e-5)
    if len(set(y.tolist())) > 1:
        far = [reference.farness(i, features, y, classes, asked) for i in asked]
        np.testing.assert_allclose(found.farness(), far, rtol=1e-3, atol=1e-5)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100.0))
def test_how_large_the_features_of_a_network_are_means_nothing(seed, scale):
    one, two = np.random.default_rng(seed).normal(size=(2, 6, 3))
    unit = unit_features(one, two)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(unit_features(one * scale, two), unit, rtol=1e-5, atol=1e-6)


def test_a_network_that_says_nothing_of_an_example_adds_nothing():
    unit = unit_features([[0.0, 0.0], [3.0, 4.0]], [[1.0], [1.0]])
    np.testing.assert_allclose(unit**2, [[0.0, 0.0, 0.5], [0.18, 0.32, 0.5]], rtol=1e-6)


@pytest.fixture(scope="module")
def digits():
    """Digits, of which 20 come again with another label, and 20 images of nothing."""
    rng, (x, y) = np.random.default_rng(0), load_digits(return_X_y=True)
    again = np.arange(20) * 30
    noisy = x[again] + rng.normal(0.0, 0.3, (20, 64))
    x = np.concatenate([x, noisy, rng.uniform(0, 16, (20, 64))])
    y = np.concatenate([y, (y[again] + 1) % 10, rng.integers(0, 10, 20)])
    everyone = np.arange(len(y))
    return neighbours(unit_features(x), y, everyone, 10), again, len(y)


def test_digits_that_come_again_are_found_and_no_others(digits):
    found, again, n = digits
    copies = np.arange(n - 40, n - 20)
    near = found.near_duplicates()
    assert near[again].tolist() == copies.tolist()
    assert near[copies].tolist() == again.tolist()
    assert (near >= 0).sum() == 40


def test_images_of_nothing_are_the_farthest(digits):
    found, _, n = digits
    assert set(np.argsort(found.farness())[-20:]) == set(range(n - 20, n))


def test_features_that_are_all_one_are_near_nothing_and_far_from_nothing():
    found = neighbours(np.full((6, 4), 0.5, np.float32), np.arange(6) % 2, np.arange(6), 2)
    assert (found.near_duplicates() == -1).all()
    assert (found.farness() == 0.0).all()


def test_a_set_of_one_label_has_no_other_one():
    found = neighbours(unit_features(np.eye(3)), np.zeros(3, int), np.arange(3), 2)
    assert (found.near_duplicates() == -1).all()
    assert (found.farness() == 0.0).all()


def test_labels_of_others_are_refused():
    with pytest.raises(ValueError, match=r"features must be \[n, d\], with n labels, .*\(3, 3\)"):
        neighbours(np.eye(3), np.zeros(2, int), [0], 2)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_refused(wrong):
    features = np.eye(3)
    features[1, 2] = wrong
    with pytest.raises(ValueError, match=r"finite, .* in features\[1\], and so in 1 of 3 examples"):
        neighbours(features, np.zeros(3, int), [0], 2)


def test_labels_of_more_classes_are_refused():
    with pytest.raises(ValueError, match=r"labels\[2\] is 2; it must be a class 0 … 1"):
        neighbours(np.eye(3), np.arange(3), [0], 2)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([0, -1], r"places\[1\] is -1; it must be the place of one of the 3 examples, 0 … 2"),
        ([3], r"places\[0\] is 3"),
        (np.array([True, False, True]), r"integers \[q\], received bool .* numpy.flatnonzero"),
        ([0.0], r"integers \[q\], received float64"),
        (1, r"integers \[q\], received int64 of shape \(\)"),
    ],
)
def test_places_of_no_examples_are_refused(places, said):
    with pytest.raises(ValueError, match=said):
        neighbours(unit_features(np.eye(3)), np.zeros(3, int), places, 2)


def test_who_asks_about_nobody_is_told_nothing():
    found = neighbours(unit_features(np.eye(3)), np.arange(3) % 2, [], 2)
    assert found.near_duplicates().shape == found.farness().shape == (0,)
    assert found.class_distance.shape == (0, 2)
