import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data import Noise
from cmd_keras.errors import InputError

labels = st.integers(2, 10).flatmap(
    lambda c: st.tuples(st.lists(st.integers(0, c - 1), min_size=1, max_size=50), st.just(c))
)
rates = st.floats(0, 0.99)
seeds = st.integers(0, 2**31 - 1)


@given(labels, rates, seeds)
def test_symmetric_noise_never_keeps_the_own_class_it_moves_away_from(drawn, rate, seed):
    clean, num_classes = np.array(drawn[0]), drawn[1]
    before = clean.copy()
    given_labels = Noise("sym", rate).corrupt(clean, num_classes, seed)
    np.testing.assert_array_equal(clean, before)
    assert ((given_labels >= 0) & (given_labels < num_classes)).all()
    np.testing.assert_array_equal(
        given_labels, Noise("sym", rate).corrupt(clean, num_classes, seed)
    )


@given(labels, rates, seeds)
def test_pair_noise_moves_to_the_next_class_only(drawn, rate, seed):
    clean, num_classes = np.array(drawn[0]), drawn[1]
    moved = (Noise("pair", rate).corrupt(clean, num_classes, seed) - clean) % num_classes
    assert set(moved) <= {0, 1}


@pytest.mark.parametrize("kind", ["sym", "pair"])
@pytest.mark.parametrize("rate", [0.0, 0.2, 0.4, 0.8])
@pytest.mark.parametrize("num_classes", [2, 100])
def test_rate_lies_within_five_standard_deviations(kind, rate, num_classes):
    # With two classes, a label that could move to its own would stay half the time.
    clean = np.arange(50_000) % num_classes
    moved = (Noise(kind, rate).corrupt(clean, num_classes, seed=3) != clean).mean()
    assert abs(moved - rate) <= 5 * np.sqrt(rate * (1 - rate) / 50_000)


def test_symmetric_noise_reaches_every_other_class_equally_often():
    clean = np.zeros(90_000, int)
    noisy = Noise("sym", 0.9).corrupt(clean, 10, seed=0)
    counts = np.bincount(noisy[noisy != 0], minlength=10)[1:]
    assert abs(counts / counts.sum() - 1 / 9).max() < 0.006


def test_different_seeds_give_different_labels():
    clean = np.arange(1000) % 10
    noise = Noise("sym", 0.4)
    assert (noise.corrupt(clean, 10, 0) != noise.corrupt(clean, 10, 1)).any()


@pytest.mark.parametrize("text", ["none", "sym:0.4", "pair:0.20", "sym:0"])
def test_noise_is_read(text):
    noise = Noise.parse(text)
    kind, _, rate = text.partition(":")
    assert (noise.kind, noise.rate) == (kind, float(rate or 0))


@pytest.mark.parametrize(
    "text",
    ["sym", "sym:", "sym:x", "asym:0.4", "sym:1", "sym:-0.1", "sym:nan", "pair:1.5", "", "40%"],
)
def test_what_is_no_noise_is_refused(text):
    with pytest.raises(InputError):
        Noise.parse(text)


def test_a_single_class_and_labels_out_of_range_are_refused():
    with pytest.raises(InputError, match="At least 2 classes"):
        Noise("sym", 0.4).corrupt(np.zeros(5, int), 1, 0)
    with pytest.raises(InputError, match=r"in 0 … 2, received values from 0 to 3"):
        Noise("sym", 0.4).corrupt(np.array([0, 3]), 3, 0)
