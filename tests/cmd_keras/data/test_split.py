import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras import data
from cmd_keras.data import identity, split
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=60).map(np.array)
SHARES = st.floats(0.01, 0.99)


def keys_of(count, first=0):
    return [f"example {first + i}".encode() for i in range(count)]


def by_chance(keys, share):
    """Which keys are drawn, in a set that is large enough to need no exception."""
    others = keys_of(2000, first=10**6)
    together = [*keys, *others]
    return split.hold_out(together, np.zeros(len(together), int), share, "s")[: len(keys)]


@given(LABELS, SHARES, st.integers(0, 9))
def test_every_class_keeps_an_example_and_at_least_one_is_held_out(labels, share, salt):
    keys = keys_of(len(labels))
    if np.bincount(labels).max() == 1:
        with pytest.raises(InputError, match="has a single example"):
            split.hold_out(keys, labels, share, str(salt))
        return
    held_out = split.hold_out(keys, labels, share, str(salt))
    assert held_out.any()
    assert set(labels[~held_out].tolist()) == set(labels.tolist())


@given(LABELS, SHARES)
def test_an_example_alone_decides_on_which_side_it_is(labels, share):
    # So it stays there when others are added or taken away, or labels are corrected.
    if np.bincount(labels).max() == 1:
        return
    keys = keys_of(len(labels))
    drawn = by_chance(keys, share)
    held_out = split.hold_out(keys, labels, share, "s")
    moved = held_out != drawn
    for i in np.flatnonzero(moved & ~held_out):
        # All of its class would be held out.
        assert drawn[labels == labels[i]].all()
        assert (~held_out[labels == labels[i]]).sum() == 1
    if (moved & held_out).any():
        # Nothing would be.
        assert held_out.sum() == 1


def test_rows_stay_where_they_are_when_labels_are_corrected_and_rows_added(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{a:.4f},{'rgb'[i % 3]}" for i, a in enumerate(rng.normal(size=200))]
    labels = [i % 2 for i in range(200)]

    def parts(rows, labels):
        path = tmp_path / "t.csv"
        path.write_text(
            "a,b,y\n" + "\n".join(f"{r},{y}" for r, y in zip(rows, labels, strict=True))
        )
        dataset = data.load(f"csv:{path}", target="y")
        held_out = np.delete(np.arange(len(rows)), dataset.train_index)
        return {rows[i] for i in held_out}, {rows[i] for i in dataset.train_index}

    test, train = parts(rows, labels)
    assert 20 < len(test) < 60
    corrected = [1 - y if i % 7 == 0 else y for i, y in enumerate(labels)]
    assert parts(rows, corrected) == (test, train)
    added = [f"{a:.4f},b" for a in rng.normal(size=50)]
    more_test, more_train = parts(
        [*added[:30], *rows[::-1], *added[30:]], [0] * 30 + corrected + [1] * 20
    )
    assert test <= more_test
    assert train <= more_train


def test_each_class_gives_its_share_as_far_as_chance_has_it():
    labels = np.repeat(np.arange(10), 1000)
    held_out = split.hold_out_test(keys_of(10_000), labels, 0.2)
    # Four standard deviations of the binomial distribution.
    assert abs(np.bincount(labels[held_out]) - 200).max() < 4 * np.sqrt(1000 * 0.2 * 0.8)
    assert abs(held_out.sum() - 2000) < 4 * np.sqrt(10_000 * 0.2 * 0.8)


def test_another_salt_is_another_draw():
    labels, keys = np.zeros(10_000, int), keys_of(10_000)
    one, two = (
        split.hold_out(keys, labels, 0.2, salt) for salt in ("validation 0", "validation 1")
    )
    assert abs((one & two).sum() - 400) < 4 * np.sqrt(10_000 * 0.04 * 0.96)


def test_what_is_known_by_one_key_is_held_out_together():
    keys = [b"same"] * 30 + keys_of(30)
    held_out = split.hold_out(keys, np.zeros(60, int), 0.5, "s")
    assert len(set(held_out[:30].tolist())) == 1


def test_the_draw_is_the_one_that_earlier_runs_have_made():
    held_out = split.hold_out_test(keys_of(20), np.zeros(20, int), 0.3)
    assert np.flatnonzero(held_out).tolist() == [6, 12]


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(InputError, match=r"in \(0, 1\)"):
        split.hold_out_test(keys_of(4), np.array([0, 0, 1, 1]), share)


def test_rows_are_known_by_their_numbers_and_by_their_place_among_equals():
    x = np.array([[1, 2], [3, 4], [1, 2]], np.uint8)
    keys = identity.identify_arrays(x)
    assert len(set(keys)) == 3
    assert identity.identify_arrays(x.astype(np.float64)) == keys
    assert identity.identify_arrays(x[[1, 0, 2]]) == (keys[1], keys[0], keys[2])
    assert identity.identify_texts([["a", "b"], ["ab", ""]]) != identity.identify_texts(
        [["a", "b"], ["a", "b"]]
    )


def test_files_are_known_by_their_content(tmp_path):
    for name, content in (("a", b"1"), ("b", b"2"), ("c", b"1")):
        (tmp_path / name).write_bytes(content)
    one, two, three = identity.identify_files([tmp_path / name for name in "abc"])
    assert one == three != two


@pytest.mark.parametrize("seed", range(40))
def test_a_validation_share_leaves_every_class_something_to_train_on(seed):
    digits = data.load("digits")
    few = np.concatenate([np.flatnonzero(digits.given_labels == c)[:2] for c in range(10)])
    few.sort()
    small = data.Dataset(
        name="small",
        class_names=digits.class_names,
        train=digits.train.subset(few),
        test=digits.test,
        given_labels=digits.given_labels[few],
        clean_labels=digits.clean_labels[few],
        test_labels=digits.test_labels,
        augmentation=digits.augmentation,
    )
    held = small.with_validation(0.4, seed=seed)
    assert set(held.given_labels.tolist()) == set(range(10))
    assert len(held.given_labels) + len(held.validation_labels) == 20


def test_a_content_that_comes_very_often_is_divided_as_all_others_are():
    """On one side as a whole it would make half of a test part."""
    often = np.zeros((400, 3), np.float32)
    rest = np.random.default_rng(0).normal(size=(600, 3)).astype(np.float32)
    keys = identity.identify_arrays(np.concatenate([often, rest, rest[:5]]))
    together = identity.together(keys)
    assert together[:400] == keys[:400]
    assert together[1000:] == together[400:405]
    with pytest.warns(Notice, match="test"):
        chosen = split.hold_out_test(keys, np.arange(1005) % 2, 0.2)
    assert 0.15 < chosen[:400].mean() < 0.25
    assert (chosen[1000:] == chosen[400:405]).all()
