"""Many networks that are traced once each are no news; all else that TensorFlow says is."""

import logging

import keras
import numpy as np
import pytest

from cmd_keras.tracing_once import several_networks

LOG = logging.getLogger("tensorflow")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow alone warns")
def test_networks_that_are_traced_once_each_are_not_warned_of(caplog):
    def said():
        return [record.getMessage() for record in caplog.records]

    for _ in range(8):
        network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        network.predict(np.zeros((1, 2)), verbose=0)
    # TensorFlow says it twice in a process, and then no more.
    warnings = said()
    assert {"retracing" in warning for warning in warnings} == {True}
    with several_networks():
        LOG.warning(warnings[0])
        LOG.warning("something else")
    assert said() == [*warnings, "something else"]
    LOG.warning(warnings[0])
    assert said()[-1] == warnings[0]
