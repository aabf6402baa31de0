import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cmd_keras.label_review import no_class, no_class_from
from reference import neighbours as reference


@given(st.floats(0.0, 1.0), hnp.arrays(np.float64, 4, elements=st.floats(0.0, 1.0)))
def test_it_is_that_of_the_reference(far, weights):
    p = (weights + 0.1 * (weights.sum() == 0.0)) / (weights + 0.1 * (weights.sum() == 0.0)).sum()
    (found,) = no_class([far], [p])
    assert found == pytest.approx(reference.no_class(far, p), rel=1e-9, abs=1e-12)
    assert 0.0 <= found <= 1.0


def test_it_is_1_where_nothing_speaks_for_any_class_and_0_beside_a_class():
    assert no_class([1.0, 1.0, 0.0], [[0.5, 0.5], [1.0, 0.0], [0.5, 0.5]]).tolist() == [
        1.0,
        pytest.approx(2 / 3),
        0.0,
    ]


def test_what_is_not_known_stays_unknown():
    assert np.isnan(no_class([np.nan], [[0.5, 0.5]])).all()


def test_other_examples_are_refused():
    with pytest.raises(
        ValueError, match=r"n values of farness, received shape \(1, 2\) and \(2,\)"
    ):
        no_class([0.5, 0.5], [[0.5, 0.5]])


def test_what_stands_out_depends_on_what_is_usual():
    usual = [0.1, 0.15, 0.2, 0.2]
    assert no_class_from([*usual, 0.9, np.nan]) == 0.5
    # Quartiles 0.2 and 0.6: nothing can be that far out.
    assert no_class_from([0.2, 0.2, 0.6, 0.6]) == pytest.approx(1.8)
    assert no_class_from([np.nan, np.nan]) == no_class_from([]) == 0.5


@pytest.mark.parametrize("p", [[np.nan, 0.5], [2.0, -1.0], [0.0, 0.0], [3.0, 0.0], [np.inf, 0.0]])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"probabilities\[1\] is .* at least 0 and sum to 1"):
        no_class([0.5, 0.5], [[0.5, 0.5], p])


def test_of_a_single_class_nothing_is_said():
    with pytest.raises(ValueError, match=r"at least two classes, .* received shape \(1, 1\)"):
        no_class([0.5], [[1.0]])


@given(st.floats(0.0, 1.0), st.integers(1, 10))
def test_where_all_are_alike_none_stands_out(score, count):
    # Of equal scores some are computed as their neighbour.
    scores = np.where(np.arange(count) % 2, np.nextafter(score, 0.0), score)
    assert (scores < no_class_from(scores)).all()
    assert no_class_from(scores) == pytest.approx(max(0.5, score), abs=2e-6)


def test_where_one_differs_it_stands_out_as_before():
    assert no_class_from([0.6, 0.6, 0.6, 0.6, 0.9]) == 0.6
