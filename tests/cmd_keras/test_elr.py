"""ELR, trained by `NumberedDistiller`: weights and targets follow the reference."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller, NumberedDistiller
from reference import remembering, training
from tests import deviation
from tests.cmd_keras.peers import peer, weights
from tests.cmd_keras.test_trajectories import (
    BATCH,
    EPOCHS,
    RATES,
    TOLERANCE,
    Q,
    X,
    keras_peer,
    start,
)

LABELS = Q.argmax(axis=1)
METHOD = cmdcore.ELR(regularization=3.0, target_momentum=0.7)
# Examples do not come in the order of their numbers.
ORDER = np.random.default_rng(0).permutation(90)
BATCHES = [ORDER[i : i + BATCH] for i in range(0, 90, BATCH)]


def distiller(method=METHOD):
    peers = (keras_peer(start(12, seed)) for seed in (1, 2))
    model = NumberedDistiller(LABELS, *peers, method=method)
    model.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    return model


def fit(model, *callbacks, **options):
    rates = keras.callbacks.LearningRateScheduler(lambda epoch, _: RATES[epoch])
    return model.fit(
        X[ORDER].astype("float32"), ORDER, batch_size=BATCH, epochs=EPOCHS, shuffle=False,
        verbose=0, callbacks=[rates, *callbacks], **options,
    ).history  # fmt: skip


@pytest.fixture(scope="module")
def trained():
    """A distiller that was trained, and its logs."""
    model = distiller()
    return model, fit(model)


def test_training_follows_the_reference(trained):
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = remembering.train_elr(*peers, X.astype(float), Q, BATCHES, RATES, lam=3.0, beta=0.7)
    model, logs = trained
    for found, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for one, wanted in zip(found.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of ELR, weights / largest"
            deviation.check(what, one / scale, wanted / scale, TOLERANCE["float32"])
    t = epochs[-1]["t"]
    deviation.check("trajectory of ELR, targets", model.memory.of_all(), t, 1e-5)
    np.testing.assert_allclose(t.sum(axis=-1), 1 - 0.7**EPOCHS)
    for name, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B")):
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of ELR, logs", logs[name] / scale, wanted / scale, 1e-5)


class StopAfter(keras.callbacks.Callback):
    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 == self.epochs


def check_taken_up(unbroken, path, done=3):
    """A training that was stopped, saved and read goes on to the end of an unbroken one."""
    broken = distiller(unbroken.method)
    fit(broken, StopAfter(done))
    broken.save(path / "stopped.keras")
    loaded = keras.models.load_model(path / "stopped.keras")
    assert np.array_equal(loaded.memory.of_all(), broken.memory.of_all())
    fit(loaded, initial_epoch=done)
    assert np.array_equal(loaded.memory.of_all(), unbroken.memory.of_all())
    for found, wanted in zip(loaded.get_weights(), unbroken.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_taking_up_a_training_goes_on_with_what_is_remembered(trained, tmp_path):
    check_taken_up(trained[0], tmp_path)


def test_a_training_of_its_own_remembers_nothing_of_the_one_before():
    model = distiller()
    for numbers in (np.arange(3, 8), np.arange(5)):
        model.fit(X[numbers].astype("float32"), numbers, verbose=0)
    sums = model.memory.of_all().sum(axis=-1)
    np.testing.assert_allclose(sums[:5], 0.3, atol=1e-6)
    assert (sums[5:] == 0).all()


def test_what_is_remembered_is_no_weight_that_is_trained():
    model, other = distiller(), distiller(method="gce")
    assert other.memory is None
    shapes = [tuple(v.shape) for v in model.non_trainable_variables]
    assert shapes.count((90, 2, 10)) == 1
    assert len(model.variables) == len(other.variables) + 1
    assert len(model.trainable_variables) == len(other.trainable_variables)


def test_measuring_takes_labels_and_remembers_nothing(trained):
    model, _ = trained
    before = model.memory.of_all().copy()
    measured = model.evaluate(X.astype("float32"), LABELS, return_dict=True, verbose=0)
    p = model.predict(X.astype("float32"), verbose=0)
    assert measured["ensemble_accuracy"] == pytest.approx((p.argmax(axis=1) == LABELS).mean())
    assert np.array_equal(model.memory.of_all(), before)


@pytest.mark.parametrize("call", ["fit", "train_on_batch"])
def test_without_numbers_it_is_refused_with_a_word_of_what_to_do(call):
    model = MutualDistiller(*(keras_peer(start(0, s)) for s in (1, 2)), method="elr")
    model.compile("sgd")
    model.set_clock(t=1, gamma=1)
    before = weights(model)
    with pytest.raises(ValueError, match=r"Make a cmd_keras\.NumberedDistiller\(labels, peer_a"):
        getattr(model, call)(X.astype("float32"), LABELS)
    assert np.array_equal(weights(model), before)


@pytest.mark.parametrize(
    ("y", "options", "said"),
    [
        (LABELS, {}, r"0 … 89, each once; .* numpy.arange\(90\). Received 0 more than once"),
        (np.arange(1, 91), {}, "Received 90, which has no label"),
        (np.arange(90) - 1, {}, "Received -1, which has no label"),
        (np.arange(90) / 1.0, {}, r"Received float64 of the shape \(90,\)"),
        (Q, {}, r"Received float64 of the shape \(90, 10\)"),
        (None, {}, "Received NoneType"),
        (np.arange(90), {"class_weight": {0: 2.0}}, "class_weight goes by labels"),
        (np.arange(90), {"validation_split": 0.1}, "Give inputs with their labels"),
        (np.arange(90), {"validation_data": (X, np.arange(90))}, "labels are out of range"),
        (np.arange(90), {"sample_weight": np.full(90, np.nan)}, "weights contain NaN"),
    ],
)
def test_what_would_be_taken_for_labels_or_numbers_is_refused(y, options, said):
    with pytest.raises(ValueError, match=said):
        distiller().fit(X.astype("float32"), y, verbose=0, **options)


@pytest.mark.parametrize("name", ["metrics", "weighted_metrics"])
def test_metrics_that_would_compare_with_numbers_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} compare predictions with what fit is given"):
        distiller().compile("sgd", **{name: ["accuracy"]})


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (Q, r"received float64 of the shape \(90, 10\)"),
        (["a", "b"], r"received <U1 of the shape \(2,\)"),
        ([0, 10], "label 1 is 10"),
    ],
)
def test_labels_that_are_none_are_refused(labels, said):
    with pytest.raises(ValueError, match=said):
        NumberedDistiller(labels, peer(), peer())


def test_the_classes_must_be_known_before_something_is_remembered_of_them():
    peers = [keras.Sequential([keras.layers.Dense(10)]) for _ in range(2)]
    with pytest.raises(ValueError, match="must know how many classes there are"):
        NumberedDistiller(LABELS, *peers, method="elr")
