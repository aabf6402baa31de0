"""TensorFlow traces a training step once: what is traced twice starts twice as slowly."""

import keras
import pytest

from cmd_keras import CoupledSGD, MutualDistiller
from tests.cmd_keras.peers import digits, distiller

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow alone makes a graph of a step"
)

X, Y = digits(96)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: "sgd",
        lambda: "adam",
        lambda: CoupledSGD(0.1),
        lambda: (keras.optimizers.SGD(0.1, momentum=0.9), "adam"),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
    ],
    ids=["sgd", "adam", "CoupledSGD", "pair", "LossScaleOptimizer"],
)
def test_a_step_is_traced_once(optimizer, monkeypatch):
    traced = []
    mutual_loss = MutualDistiller.mutual_loss

    def counted(self, x, y, sample_weight):
        traced.append(x)
        return mutual_loss(self, x, y, sample_weight)

    monkeypatch.setattr(MutualDistiller, "mutual_loss", counted)
    model = distiller(optimizer())
    model.fit(X, Y, batch_size=32, epochs=2, verbose=0)
    model.fit(X, Y, batch_size=32, epochs=1, verbose=0)
    assert len(traced) == 1
