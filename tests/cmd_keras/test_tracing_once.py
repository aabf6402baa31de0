"""Many networks that are traced once each are no news; all else that TensorFlow says is."""

import logging
import os
import subprocess
import sys

from cmd_keras.tracing_once import several_networks

# TensorFlow says it twice in a process, and then no more: this takes one of its own.
PROGRAM = """
import keras, numpy
for _ in range(8):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.predict(numpy.zeros((1, 2)), verbose=0)
"""


def test_networks_that_are_traced_once_each_are_not_warned_of(caplog):
    # TensorFlow alone warns.
    env = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=env)
    said = [line for line in done.stderr.splitlines() if "triggered tf.function" in line]
    assert said, done.stderr
    log = logging.getLogger("tensorflow")
    with several_networks():
        log.warning(said[0])
        log.warning("something else")
    log.warning(said[0])
    assert [record.getMessage() for record in caplog.records] == ["something else", said[0]]
