"""Mean and variance, by which networks bring their inputs to one scale."""

import keras
import numpy as np
import pytest

from cmd_keras.data import ArrayInputs
from cmd_keras.data.statistics import measure_inputs, standardise
from cmd_keras.networks.standardize import standardize


def constants(dtype, count=300):
    """A constant in each of so many columns, which float64 adds up with rounding."""
    row = np.random.default_rng(0).normal(0.5, 3.0, count).astype(dtype)
    return np.repeat(row[None], 400, axis=0)


def noisy(dtype):
    """The same, half of the values rounded up to the next one of this type."""
    x = constants(dtype)
    x[::2] = np.nextafter(x[::2], np.inf, dtype=dtype)
    return x


@pytest.mark.parametrize("values", [constants, noisy])
def test_a_constant_is_only_centred_and_another_value_there_stays_what_it_is(values):
    inputs = ArrayInputs(values(np.float32))
    mean, variance = measure_inputs(inputs)
    assert (variance == 0.0).all()
    x = keras.Input((300,))
    network = keras.Model(x, standardize(x, mean, variance))
    other = constants(np.float32)[:2] + np.float32(0.5)
    np.testing.assert_allclose(network.predict(other, verbose=0), 0.5, atol=1e-5)
    (seen,) = standardise(inputs, ArrayInputs(other).batches_in_order(2))
    np.testing.assert_allclose(seen, 0.5, atol=1e-5)


def test_what_varies_little_beside_its_mean_is_measured():
    rng = np.random.default_rng(0)
    x = (1e4 + rng.normal(0.0, [0.05, 0.5, 5.0], (3000, 3))).astype(np.float32)
    mean, variance = measure_inputs(ArrayInputs(x))
    exact = x.astype(np.float64)
    np.testing.assert_allclose(mean, exact.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(variance, exact.var(axis=0), rtol=1e-9)


def test_whole_numbers_are_added_up_as_they_are():
    x = np.random.default_rng(0).integers(0, 256, (700, 5, 4, 3)).astype(np.uint8)
    mean, variance = measure_inputs(ArrayInputs(x))
    values = x.reshape(-1, 3).astype(np.float64)
    count = len(values)
    # To the last bit, as runs of before have it.
    plain = values.sum(axis=0) / count
    np.testing.assert_array_equal(mean, plain)
    np.testing.assert_array_equal(variance, (values**2).sum(axis=0) / count - plain**2)
