import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data import split
from cmd_keras.errors import InputError


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=8),
    st.floats(0.01, 0.99),
    st.randoms(use_true_random=False),
)
def test_every_class_keeps_an_example_and_gives_its_share(counts, share, random):
    labels = np.repeat(np.arange(len(counts)), counts)
    random.shuffle(labels)
    if max(counts) == 1:
        with pytest.raises(InputError, match="has a single example"):
            split.test_part(labels, share)
        return
    held_out = split.test_part(labels, share)
    np.testing.assert_array_equal(held_out, split.test_part(labels.copy(), share))
    assert (np.bincount(labels[~held_out], minlength=len(counts)) >= 1).all()
    candidates = np.array(counts) - 1
    total = min(max(1, round(share * len(labels))), candidates.sum())
    assert held_out.sum() == total
    fair = candidates * total / candidates.sum()
    assert (abs(np.bincount(labels[held_out], minlength=len(counts)) - fair) < 1 + 1e-9).all()


def test_which_examples_of_a_class_are_held_out_is_random():
    held_out = np.flatnonzero(split.test_part(np.repeat([0, 1], 50), 0.2))
    assert len(set(np.diff(held_out))) > 2


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(InputError, match=r"in \(0, 1\)"):
        split.test_part(np.array([0, 0, 1, 1]), share)
