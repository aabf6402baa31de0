"""What is kept of each label while it is learned: the right numbers, by the right example."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from cmd_keras.training_evidence import CollectEvidence, Evidence, NumberedDistiller
from cmd_keras.training_evidence.epoch_margins import EpochMargins, margins
from tests.cmd_keras.peers import digits, distiller, peer, weights

LOGITS = arrays(np.float32, (4, 3), elements=st.floats(-30, 30, width=32))


def of_probabilities(labels, logits):
    p = softmax(logits.astype(np.float64), axis=1)
    given = p[np.arange(len(p)), labels]
    p[np.arange(len(p)), labels] = 0.0
    other = p.max(axis=1)
    return (given - other) / (given + other)


def numbered(labels, optimizer, **kwargs):
    keras.utils.set_random_seed(0)
    model = NumberedDistiller(labels, peer(), peer(), **kwargs)
    model.compile(optimizer=optimizer)
    return model


def stream(x, labels):
    return tf.data.Dataset.from_tensor_slices((x, labels)).batch(24)


@given(LOGITS, arrays(np.int32, 4, elements=st.integers(0, 2)))
def test_margins_are_those_of_the_probabilities(logits, labels):
    found = keras.ops.convert_to_numpy(margins(labels, keras.ops.convert_to_tensor(logits)))
    np.testing.assert_allclose(found, of_probabilities(labels, logits), atol=1e-5)


def test_each_example_has_its_own_margins_whatever_the_order_of_the_batches():
    x, y = digits(100)
    # A learning rate of 0: what the steps predict is what the networks predict afterwards.
    model = numbered(y, keras.optimizers.SGD(0.0))
    evidence = Evidence.none_yet(100)
    order = np.random.default_rng(0).permutation(100)
    collect = CollectEvidence(evidence)
    model.fit(
        stream(x[order], order),
        epochs=3,
        validation_data=(x[:30], y[:30]),
        callbacks=[collect],
        verbose=0,
    )
    logits = [np.asarray(keras.ops.convert_to_numpy(p(x))) for p in (model.peer_a, model.peer_b)]
    expected = np.stack([of_probabilities(y, z) for z in logits], axis=1)
    np.testing.assert_allclose(model.margins.of_all(), expected, atol=1e-4)
    np.testing.assert_allclose(evidence.mean_margin, expected.mean(axis=1), atol=1e-4)
    others = np.mean([z.argmax(axis=1) != y for z in logits], axis=0)
    np.testing.assert_allclose(evidence.other_share, others)
    assert 0.0 < others.mean() < 1.0
    assert evidence.opinions.tolist() == [6] * 100


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_rows_are_added_to_one_that_comes_twice_twice_and_to_no_others(dtype):
    noted = EpochMargins(5)
    given = np.array([[0.5, 0.25], [-1.0, 1.0], [0.25, 0.5]], np.float32)
    for numbers in ([3, 1, 3], [0, 3, 4]):
        noted.update_state(keras.ops.convert_to_tensor(numbers, dtype), given)
    expected = [[0.5, 0.25], [-1.0, 1.0], [0.0, 0.0], [-0.25, 1.75], [0.25, 0.5]]
    assert noted.of_all().tolist() == expected
    noted.update_state(keras.ops.zeros(0, dtype), np.zeros((0, 2), np.float32))
    assert noted.of_all().tolist() == expected
    noted.clear()
    assert not noted.of_all().any()


def test_it_trains_as_a_distiller_does_that_is_given_the_labels():
    x, y = digits(100)
    expected, found = distiller("sgd", method="sync-mkd"), numbered(y, "sgd", method="sync-mkd")
    before = weights(found)
    logs = [
        model.fit(stream(x, labels), epochs=2, verbose=0).history
        for model, labels in ((expected, y), (found, np.arange(100)))
    ]
    assert np.abs(weights(found) - before).max() > 1e-3
    np.testing.assert_allclose(weights(found), weights(expected), atol=1e-6)
    assert logs[0].keys() == logs[1].keys()
    for name in logs[0]:
        np.testing.assert_allclose(logs[1][name], logs[0][name], rtol=1e-5)


def test_sums_over_epochs_and_peers():
    evidence = Evidence.none_yet(2)
    evidence.add(np.array([[0.5, -0.5], [1.0, 1.0]], np.float32))
    evidence.add(np.array([[-1.0, -1.0], [1.0, 0.0]], np.float32))
    assert evidence.mean_margin.tolist() == [-0.5, 0.75]
    assert evidence.other_share.tolist() == [0.75, 0.0]
    # The mean of (1 + margin) / 2 and of the share of the given class.
    assert evidence.quality.tolist() == [0.25, 0.9375]
    same = Evidence.of_arrays(evidence.arrays())
    assert same.quality.tolist() == evidence.quality.tolist()


def test_before_the_first_epoch_nothing_is_known():
    assert Evidence.none_yet(3).quality.tolist() == [0.75, 0.75, 0.75]


def test_the_distiller_is_written_and_read():
    model = numbered([0, 1, 1], "sgd", mode="zero")
    again = NumberedDistiller.from_config(model.get_config())
    assert again.get_config()["labels"] == [0, 1, 1]
    assert again.method == model.method


def test_margins_of_other_examples_are_not_added():
    with pytest.raises(ValueError, match="broadcast"):
        Evidence.none_yet(3).add(np.zeros((2, 2), np.float32))


def test_only_examples_that_were_seen_in_an_epoch_are_counted():
    x, y = digits(100)
    model, evidence = numbered(y, "sgd"), Evidence.none_yet(100)
    for numbers, epochs in ((np.arange(40), 2), (np.arange(20, 60), 1)):
        collect = CollectEvidence(evidence)
        model.fit(stream(x[numbers], numbers), epochs=epochs, callbacks=[collect], verbose=0)
    assert evidence.opinions.tolist() == [4] * 20 + [6] * 20 + [2] * 20 + [0] * 40
    assert np.abs(evidence.mean_margin[:60]).min() > 0.0
    assert evidence.quality[60:].tolist() == [0.75] * 40


def test_an_example_is_seen_though_its_margins_are_nothing():
    noted = EpochMargins(4)
    assert not noted.seen().any()
    # What a network says that has not learned: all logits are the same.
    logits = keras.ops.convert_to_tensor(np.array([[0.0, 0.0], [-0.0, -0.0]], np.float32))
    found = margins(np.array([0, 1]), logits)
    noted.update_state(keras.ops.convert_to_tensor([2, 0]), keras.ops.stack([found, found], -1))
    assert noted.of_all().tolist() == [[0.0, 0.0]] * 4
    assert noted.seen().tolist() == [True, False, True, False]
    noted.update_state(keras.ops.convert_to_tensor([3]), np.array([[np.nan, 0.5]], np.float32))
    assert noted.seen().tolist() == [True, False, True, True]
    # TensorFlow keeps the positive zero, once it was asked for.
    keras.ops.convert_to_tensor(0.0)
    noted.clear()
    assert not noted.seen().any()


def test_what_was_not_seen_is_not_counted():
    evidence = Evidence.none_yet(2)
    evidence.add(np.array([[0.5, -0.5], [0.0, 0.0]], np.float32), np.array([True, False]))
    assert evidence.opinions.tolist() == [2, 0]
    assert evidence.other_share.tolist() == [0.5, 0.0]


def test_margins_are_those_of_the_epoch_whoever_counts_them():
    x, y = digits(100)
    model = numbered(y, "sgd")
    model.fit(stream(x, np.arange(100)), epochs=4, verbose=0)
    assert np.abs(model.margins.of_all()).max() <= 1.0


def test_an_example_that_comes_twice_in_an_epoch_is_refused():
    x, y = digits(48)
    model, evidence = numbered(y, "sgd"), Evidence.none_yet(48)
    twice = stream(x, np.arange(48)).repeat()
    with pytest.raises(ValueError, match=r"came more than once in epoch 1, .*steps_per_epoch"):
        model.fit(twice, epochs=9, steps_per_epoch=20, callbacks=[CollectEvidence(evidence)])
    assert not evidence.opinions.any()
