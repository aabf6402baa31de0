"""T-Revision, trained by `NumberedDistiller`: three phases, as the reference has them."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras.run import TrainSettings
from cmd_keras.run.epochs.learning_rate import learning_rate_at
from reference import revising, training
from tests import deviation
from tests.cmd_keras.test_elr import BATCHES, check_taken_up, distiller, fit
from tests.cmd_keras.test_trajectories import EPOCHS, RATES, TOLERANCE, Q, X, start

# One of five epochs without a matrix, and from the fourth on it is learned.
METHOD = cmdcore.TRevision(estimate_from=0.2, revise_from=0.6, revision_rate=0.02)


@pytest.fixture(scope="module")
def reference():
    """Two peers that were trained, and what happened in each epoch."""
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = revising.train_revision(
        *peers, X.astype(float), Q, BATCHES, RATES, estimate_from=1, revise_from=3, alpha=0.02
    )
    return peers, epochs


class Matrices(keras.callbacks.Callback):
    """T and dT of both peers at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.at = []

    def on_epoch_end(self, epoch, logs=None):
        matrices = keras.ops.convert_to_numpy(self.model.matrices.of_both())
        self.at.append((matrices[:, 0].copy(), matrices[:, 1].copy()))


@pytest.fixture(scope="module")
def trained():
    """A distiller that was trained, its logs, and the matrices of each epoch."""
    model, seen = distiller(METHOD), Matrices()
    return model, fit(model, seen), seen.at


def test_training_follows_the_reference(trained, reference):
    peers, epochs = reference
    assert epochs[1]["margin"] > 1e-5, "two examples are as surely of a class"
    model, logs, _ = trained
    for found, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for one, wanted in zip(found.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of T-Revision, weights / largest"
            deviation.check(what, one / scale, wanted / scale, TOLERANCE["float32"])
    what = "trajectory of T-Revision, p"
    deviation.check(what, model.memory.of_all(), epochs[-1]["p"], 1e-5)
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B"),
                         ("weight_a", "beta_A"), ("weight_b", "beta_B")):  # fmt: skip
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of T-Revision, logs", logs[name] / scale, wanted / scale, 1e-5)


def test_matrices_follow_the_reference(trained, reference):
    for epoch, (found, wanted) in enumerate(zip(trained[2], reference[1], strict=True)):
        for name, matrix in zip(("T", "dT"), found, strict=True):
            deviation.check(f"trajectory of T-Revision, {name}", matrix, wanted[name], 1e-5)
        # Unknown, known, known, learned, learned.
        assert (wanted["T"] == np.eye(10)).all() == (epoch == 0)
        assert (np.abs(wanted["dT"]).max() > 0.05) == (epoch >= 3)


@pytest.mark.parametrize("done", range(1, EPOCHS))
def test_taking_up_a_training_goes_on_in_its_phase_with_its_matrices(trained, tmp_path, done):
    """Also where it was stopped on the threshold of the second phase, or the third."""
    check_taken_up(trained[0], tmp_path, done)


def test_a_training_of_its_own_begins_with_nothing(trained):
    """Neither with the matrix of the one before, nor with where Adam was."""
    model = distiller(METHOD)
    fit(model)
    first = Matrices()
    fit(model, first)
    np.testing.assert_array_equal(first.at[0][0], [np.eye(10)] * 2)
    assert (first.at[2][1] == 0).all()
    steps = keras.ops.convert_to_numpy(model.matrices.of_both())[:, 4]
    assert (steps == 2 * len(BATCHES)).all()


def test_without_an_epoch_to_estimate_it_in_the_matrix_is_the_identity():
    model, seen = distiller(cmdcore.TRevision(estimate_from=0.0, revise_from=1.0)), Matrices()
    logs = fit(model, seen)
    assert (seen.at[-1][0] == np.eye(10)).all()
    np.testing.assert_allclose(logs["weight_a"], 1.0, rtol=1e-6)
    assert (model.memory.of_all() == 0).all()


def test_matrices_are_no_weights_that_are_trained():
    model, other = distiller(METHOD), distiller("elr")
    assert other.matrices is None
    shapes = [tuple(v.shape) for v in model.non_trainable_variables]
    assert shapes.count((2, 5, 10, 10)) == 1
    assert len(model.trainable_variables) == len(other.trainable_variables)


def test_each_phase_has_a_learning_rate_of_its_own():
    settings = TrainSettings(learning_rate=0.1, milestones=(0.5,), decay=0.1, epochs=10)
    rates = [learning_rate_at(settings, METHOD, epoch) for epoch in range(10)]
    assert rates == pytest.approx([0.1] * 2 + [0.1] * 2 + [0.01] * 2 + [0.001] * 4)
