"""Joint, trained by `NumberedDistiller`: two trainings in one, as the reference has them."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, NumberedDistiller
from cmd_keras.run import TrainSettings
from cmd_keras.run.epochs.learning_rate import learning_rate_at
from reference import remembering, training
from tests import deviation
from tests.cmd_keras.test_elr import BATCHES, LABELS, ORDER, check_taken_up, distiller, fit
from tests.cmd_keras.test_trajectories import BATCH, RATES, TOLERANCE, Q, X, start

# Given labels in one of five epochs, and the second training after the third; a training that
# is taken up after three begins with it.
METHOD = cmdcore.Joint(0.7, 0.4, target_momentum=0.6, update_from=0.2, retrain_from=0.6)


@pytest.fixture(scope="module")
def trained():
    """A distiller that was trained, and its logs."""
    model = distiller(METHOD)
    return model, fit(model)


def test_training_follows_the_reference(trained):
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = remembering.train_joint(
        *peers, X.astype(float), Q, BATCHES, RATES,
        alpha=0.7, beta=0.4, mu=0.6, update_from=0.2, retrain_from=3,
    )  # fmt: skip
    model, logs = trained
    for found, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for one, wanted in zip(found.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of Joint, weights / largest"
            deviation.check(what, one / scale, wanted / scale, TOLERANCE["float32"])
    deviation.check("trajectory of Joint, means", model.memory.of_all(), epochs[-1]["means"], 1e-5)
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B")):
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of Joint, logs", logs[name] / scale, wanted / scale, 1e-5)
    assert logs["relabelled_a"][0] == 0.0 < logs["relabelled_a"][-1]


def test_taking_up_a_training_goes_on_into_the_second(trained, tmp_path):
    check_taken_up(trained[0], tmp_path)


class Weights(keras.callbacks.Callback):
    """All weights of both peers before the first step of each epoch, and the steps taken."""

    def __init__(self):
        super().__init__()
        self.at, self.steps = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.at.append([w.copy() for p in (self.model.peer_a, self.model.peer_b)
                        for w in p.get_weights()])  # fmt: skip
        self.steps.append(int(self.model.optimizer.iterations))


def with_statistics():
    normal = keras.layers.BatchNormalization()
    return keras.Sequential([keras.Input((64,)), normal, keras.layers.Dense(10)])


@pytest.mark.parametrize(
    "optimizer",
    [lambda: CoupledSGD(0.1), lambda: keras.optimizers.Nadam(0.01),
     lambda: (keras.optimizers.Adagrad(0.1), keras.optimizers.SGD(0.1, momentum=0.9))],
    ids=["SGD", "Nadam", "pair"],
)  # fmt: skip
def test_the_second_begins_as_the_first_did(optimizer):
    """With batch statistics, and all that an optimizer holds, as on the first day."""
    model = NumberedDistiller(LABELS, with_statistics(), with_statistics(), method=METHOD)
    model.compile(optimizer())
    seen = Weights()
    options = {"batch_size": BATCH, "epochs": 5, "shuffle": False, "verbose": 0}
    model.fit(X[ORDER].astype("float32"), ORDER, callbacks=[seen], **options)
    steps = len(BATCHES)
    assert seen.steps == [0, steps, 2 * steps, 0, steps]
    for first, third, again in zip(seen.at[0], seen.at[2], seen.at[3], strict=True):
        np.testing.assert_array_equal(again, first)
        assert (third != first).any()
    # And so does the optimizer, whatever it holds.
    fresh = type(model.optimizer).from_config(model.optimizer.get_config())
    fresh.build(model.trainable_variables)
    model.begin_phase(1)
    for found, wanted in zip(model.optimizer.variables, fresh.variables, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (found, wanted)))


def test_a_training_of_its_own_begins_again_where_it_began():
    """Not where the one before did."""
    model = distiller(METHOD)
    fit(model)
    seen = Weights()
    fit(model, seen)
    for first, again in zip(seen.at[0], seen.at[3], strict=True):
        np.testing.assert_array_equal(again, first)


def test_a_phase_has_drops_of_its_own():
    settings = TrainSettings(learning_rate=0.1, milestones=(0.5,), decay=0.1, epochs=8)
    method = cmdcore.Joint(retrain_from=0.5)
    rates = [learning_rate_at(settings, method, epoch) for epoch in range(8)]
    assert rates == pytest.approx([0.1] * 4 + [0.1, 0.1, 0.01, 0.01])


def test_the_first_weights_must_be_there():
    peers = [keras.Sequential([keras.layers.Dense(10)]) for _ in range(2)]
    with pytest.raises(ValueError, match=r"begins again with the weights that the peers began"):
        NumberedDistiller(LABELS, *peers, method=METHOD)


def test_a_training_that_begins_behind_its_first_epoch_begins_again_where_its_model_did():
    model = distiller(METHOD)
    before = [w.copy() for peer in (model.peer_a, model.peer_b) for w in peer.get_weights()]
    seen = Weights()
    options = {"batch_size": BATCH, "epochs": 5, "initial_epoch": 2, "verbose": 0}
    model.fit(X[ORDER].astype("float32"), ORDER, callbacks=[seen], **options)
    assert any(np.abs(w).max() > 0 for w in before)
    for found, wanted in zip(seen.at[1], before, strict=True):
        np.testing.assert_array_equal(found, wanted)
