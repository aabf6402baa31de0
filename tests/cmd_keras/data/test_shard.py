import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras import data
from cmd_keras.data.shard import Shard
from tests.cmd_keras.data.test_inputs import in_files, in_memory, streamed


@st.composite
def shardings(draw):
    of, each = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    devices = of * each
    batch_size = draw(st.one_of(st.integers(1, 5).map(lambda n: n * devices), st.integers(1, 30)))
    return of, devices, batch_size, draw(st.integers(0, 80))


@given(shardings())
def test_the_parts_of_all_processes_are_the_batches_of_one(sharding):
    of, devices, batch_size, count = sharding
    order = np.arange(count)
    expected = [order[i : i + batch_size] for i in range(0, count, batch_size)]
    parts = []
    for number in range(of):
        shard = Shard(number, of, devices)
        keep = shard.keep(count, batch_size)
        own = order if keep is None else [i for i in order if keep(tf.constant(i, tf.int64))]
        taken = shard.batch_size(batch_size)
        batches = [own[i : i + taken] for i in range(0, len(own), taken)]
        assert len(batches) == shard.batches(count, batch_size)
        batches = iter(batches)
        parts.append(
            [
                np.concatenate([next(batches) for _ in range(shard.pieces(len(e), batch_size))])
                for e in expected
            ]
        )
    for k, batch in enumerate(expected):
        if shard.divides(len(batch)):
            np.testing.assert_array_equal(np.concatenate([own[k] for own in parts]), batch)
        else:
            for own in parts:
                np.testing.assert_array_equal(own[k], batch)


@pytest.mark.parametrize("source", [in_memory, in_files, streamed])
def test_a_process_reads_its_places_of_the_same_order(source, tmp_path):
    inputs = source(tmp_path)
    epoch = tf.constant(3, tf.int64)
    whole = [(int(i), x.tobytes()) for i, x in inputs.shuffled(1, epoch).as_numpy_iterator()]
    own = inputs.shuffled(1, epoch, lambda place: place % 3 == 1).as_numpy_iterator()
    assert [(int(i), x.tobytes()) for i, x in own] == whole[1::3]
    third = inputs.in_order(lambda place: place % 3 == 2).as_numpy_iterator()
    np.testing.assert_array_equal(list(third), list(inputs.in_order().as_numpy_iterator())[2::3])


def test_a_process_decodes_nothing_that_it_does_not_keep():
    def decode(number):
        tf.debugging.assert_equal(number % 4 // 2, tf.constant(1, tf.int64))
        return tf.reshape(number, (1, 1, 1))

    stream = data.StreamedImages(tf.data.Dataset.range(12), decode, 12, (1, 1, 1))
    keep = Shard(1, 2, 2).keep(12, 4)
    assert [int(tf.squeeze(x)) for x in stream.in_order(keep)] == [2, 3, 6, 7, 10, 11]


# 1,297 and 1,232 examples: the last batch of 17 is read whole, that of 32 is shared.
@pytest.mark.parametrize("held_out", [0.0, 0.05])
@pytest.mark.parametrize("balanced", [False, True])
def test_training_batches_are_shared(held_out, balanced):
    digits, batch_size = data.load("digits").with_validation(held_out), 40
    options = {"epochs": 2, "balanced": balanced}
    expected = list(digits.train_batches(batch_size, **options).as_numpy_iterator())
    shards = [Shard(number, 2, 2) for number in range(2)]
    parts = []
    for shard in shards:
        batches = digits.train_batches(batch_size, shard=shard, **options)
        assert sum(1 for _ in batches) == int(batches.cardinality())
        parts.append(batches.as_numpy_iterator())
    for x, y in expected:
        pieces = shards[0].pieces(len(y), batch_size)
        own = [[next(part) for _ in range(pieces)] for part in parts]
        own = [[np.concatenate(column) for column in zip(*taken, strict=True)] for taken in own]
        if shards[0].divides(len(y)):
            own = [[np.concatenate(column) for column in zip(*own, strict=True)]]
        for own_x, own_y in own:
            np.testing.assert_array_equal(own_x, x)
            np.testing.assert_array_equal(own_y, y)
    assert sum(len(y) for _, y in expected) == 2 * len(digits.train)


def test_test_and_validation_batches_are_shared():
    digits = data.load("digits").with_validation(0.05)
    shard = Shard(1, 2, 2)
    for mine, whole in (
        (digits.test_batches(90, shard), digits.test_batches(90)),
        (digits.validation_batches(30, shard), digits.validation_batches(30)),
    ):
        own_x, own_y = next(mine.as_numpy_iterator())
        x, y = next(whole.as_numpy_iterator())
        np.testing.assert_array_equal(own_x, x[len(x) // 2 :])
        np.testing.assert_array_equal(own_y, y[len(y) // 2 :])
