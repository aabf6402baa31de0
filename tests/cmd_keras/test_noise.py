import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data import Noise
from cmd_keras.data.instance_noise import transition_rows
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


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("none:0.3", "No noise has no rate, received 0.3. Use sym:0.3 or pair:0.3"),
        ("none:0", "Cannot read noise 'none:0'"),
        ("none:", "Cannot read noise 'none:'"),
        ("None", "Cannot read noise 'None'"),
        (" none", "Cannot read noise ' none'"),
        ("sym:", r"Cannot read noise 'sym:'. Did you mean sym:0.4"),
        ("sym:40", r"received 40. 40 % is 0.4."),
        ("pair:12.5", r"received 12.5. 12.5 % is 0.125."),
        ("sym:40%", "Did you mean sym:0.4"),
        ("sym:0,4", "Cannot read noise"),
        ("sym:0.4:0.2", "Cannot read noise"),
        ("sym:0_4", "Cannot read noise"),
        ("sym:0.0_4", "Cannot read noise"),
        ("sym:٤", "Cannot read noise"),
        ("sym:0.٤", "Cannot read noise"),
        ("sym: 0.4", "Cannot read noise"),
        ("sym:0.4\n", "Cannot read noise"),
        ("sym:+0.4", "Cannot read noise"),
        ("sym:inf", "Cannot read noise"),
        ("sym:1e999", "must lie in"),
        ("sym:0x1", "Cannot read noise"),
        ("SYM:0.4", r"Unknown kind of noise 'SYM'"),
        (" sym:0.4", r"Unknown kind of noise ' sym'. Did you mean 'sym'"),
        ("symm:0.4", r"Unknown kind of noise 'symm'. Did you mean 'sym'"),
        (":0.4", "Unknown kind of noise ''"),
        (0.4, "Cannot read noise 0.4"),
        (None, "Cannot read noise None"),
    ],
)
def test_nothing_is_read_as_a_noise_that_was_not_written(text, match):
    with pytest.raises(InputError, match=match):
        Noise.parse(text)


@pytest.mark.parametrize(("text", "rate"), [("sym:1e-1", 0.1), ("sym:.25", 0.25), ("pair:0.", 0)])
def test_usual_ways_to_write_a_rate_are_read(text, rate):
    assert Noise.parse(text).rate == rate


@pytest.mark.parametrize(
    ("kind", "rate"),
    [("none", 0.3), ("sym", True), ("sym", "0.4"), ("sym", None), ("sym", float("nan"))],
)
def test_a_noise_that_is_none_is_refused(kind, rate):
    with pytest.raises(InputError):
        Noise(kind, rate)


def inputs(count=400, features=6):
    return np.random.default_rng(7).normal(size=(count, features)).astype(np.float32)


@given(st.integers(2, 5), st.integers(1, 8), seeds)
def test_rows_of_instance_noise_follow_the_algorithm(num_classes, features, seed):
    rng = np.random.default_rng(seed)
    x, weights = (
        rng.normal(size=(9, features)),
        rng.normal(size=(num_classes, features, num_classes)),
    )
    y, q = rng.integers(0, num_classes, 9), rng.random(9)
    rows = transition_rows(x, y, q, weights)
    for i in range(9):
        others = [k for k in range(num_classes) if k != y[i]]
        e = np.exp([sum(x[i, s] * weights[y[i], s, k] for s in range(features)) for k in others])
        assert rows[i, y[i]] == pytest.approx(1 - q[i])
        np.testing.assert_allclose(rows[i, others], q[i] * e / e.sum(), atol=1e-12)


@pytest.mark.parametrize("rate", [0.2, 0.4])
def test_instance_noise_moves_as_many_as_it_says_and_to_where_the_input_says(rate):
    x = np.repeat(inputs(4), 5000, axis=0)
    clean = np.zeros(len(x), int)
    noisy = Noise("inst", rate).corrupt(clean, 5, 3, [x])
    # q is cut off at 0, which moves its mean by less than 0.6 points.
    assert abs((noisy != clean).mean() - rate) < 0.006 + 5 * np.sqrt(0.25 / len(x))
    shares = [np.bincount(part[part != 0], minlength=5) / 5000 for part in noisy.reshape(4, 5000)]
    assert np.ptp(shares, axis=0).max() > 0.1, "inputs differ in where their labels move"


def test_instance_noise_is_the_same_in_whatever_batches_it_comes():
    x, clean, noise = inputs(), np.arange(400) % 3, Noise("inst", 0.4)
    whole = noise.corrupt(clean, 3, 1, [x])
    np.testing.assert_array_equal(noise.corrupt(clean, 3, 1, np.array_split(x, 7)), whole)
    np.testing.assert_array_equal(noise.corrupt(clean, 3, 1, [x.reshape(400, 2, 3)]), whole)
    assert (noise.corrupt(clean, 3, 2, [x]) != whole).any()
    narrow = noise.corrupt(clean == 1, 2, 1, [x])
    assert narrow.dtype == bool
    np.testing.assert_array_equal(narrow, noise.corrupt((clean == 1).astype(int), 2, 1, [x]))
    np.testing.assert_array_equal(Noise("inst", 0.0).corrupt(clean, 3, 1, [x]), clean)


@pytest.mark.parametrize(
    ("given_inputs", "said"),
    [
        (None, "depends on the inputs"),
        ([inputs(399)], "400 labels and 399 inputs"),
        ([inputs(), inputs(1)], "400 labels and more inputs"),
    ],
)
def test_instance_noise_without_its_inputs_is_refused(given_inputs, said):
    with pytest.raises(InputError, match=said):
        Noise("inst", 0.4).corrupt(np.arange(400) % 3, 3, 0, given_inputs)


def test_instance_noise_of_inputs_that_are_too_large_says_how_large_they_may_be():
    with pytest.raises(InputError, match="at most 94 x 94 pixels"):
        Noise("inst", 0.4).corrupt(
            np.arange(100), 100, 0, [np.zeros((100, 224 * 224 * 3), np.uint8)]
        )


def test_no_noise_leaves_every_label():
    clean = np.arange(1000) % 3
    np.testing.assert_array_equal(Noise("none", 0.0).corrupt(clean, 3, seed=0), clean)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint64, bool])
def test_labels_of_every_type_are_corrupted_alike(dtype):
    classes = {np.uint8: 256, np.int8: 128, np.uint64: 300, bool: 2}[dtype]
    clean = np.arange(600) % classes
    for noise in (Noise("sym", 0.4), Noise("pair", 0.4)):
        narrow = noise.corrupt(clean.astype(dtype), classes, seed=0)
        assert narrow.dtype == dtype
        np.testing.assert_array_equal(narrow.astype(int), noise.corrupt(clean, classes, seed=0))


@pytest.mark.parametrize("labels", [np.eye(4, dtype=int), np.array([0.5, 1.0]), np.array(["0"])])
def test_labels_that_are_no_integers_are_refused_not_corrupted(labels):
    with pytest.raises(InputError, match=r"must be integers \[n\]"):
        Noise("sym", 0.4).corrupt(labels, 4, 0)


def test_a_single_class_and_labels_out_of_range_are_refused():
    with pytest.raises(InputError, match="At least 2 classes"):
        Noise("sym", 0.4).corrupt(np.zeros(5, int), 1, 0)
    with pytest.raises(InputError, match=r"in 0 … 2, received values from 0 to 3"):
        Noise("sym", 0.4).corrupt(np.array([0, 3]), 3, 0)


@pytest.mark.parametrize("text", ["none", "sym:0.3", "pair:0.45", "sym:0"])
def test_the_matrix_says_what_becomes_of_every_class(text):
    clean = np.arange(200_000) % 5
    noise = Noise.parse(text)
    given_labels = noise.corrupt(clean, 5, seed=1)
    counts = np.zeros((5, 5))
    np.add.at(counts, (clean, given_labels), 1)
    T = np.array(noise.transition(5))
    np.testing.assert_allclose(T.sum(axis=1), 1.0)
    deviation = 5 * np.sqrt(T * (1 - T) / 40_000)
    assert (np.abs(counts / 40_000 - T) <= deviation + 1e-12).all()


def test_no_matrix_says_what_depends_on_the_inputs():
    with pytest.raises(InputError, match="inst noise depends on the inputs, and no matrix"):
        Noise("inst", 0.4).transition(3)
    with pytest.raises(InputError, match="At least 2 classes are needed, received 1"):
        Noise("sym", 0.4).transition(1)


@pytest.mark.parametrize("kind", ["sym", "pair", "inst"])
@pytest.mark.parametrize(
    ("dtype", "classes", "ends"), [(np.int8, 200, 127), (np.uint8, 300, 255), (bool, 3, 1)]
)
def test_labels_that_have_no_room_for_every_class_are_refused(kind, dtype, classes, ends):
    clean = np.ones(400, dtype)
    said = f"may become {classes - 1}, and {np.dtype(dtype)} ends at {ends}. Give labels.astype"
    with pytest.raises(InputError, match=said):
        Noise(kind, 0.5).corrupt(clean, classes, 0, [inputs()])
    # Where none moves there is room enough.
    still = Noise(kind, 0.0).corrupt(clean, classes, 0, [inputs()])
    assert still.dtype == dtype
    np.testing.assert_array_equal(still, clean)
