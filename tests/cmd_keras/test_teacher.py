"""T2S KD, eq. 1, and its teacher: students follow the reference, the teacher does not move."""

import keras
import numpy as np
import pytest

import cmdcore
from cmd_keras import CoupledSGD, MutualDistiller, NumberedDistiller
from cmd_keras.teacher import log_probabilities_of
from reference import equations as eq
from reference import training
from tests import deviation
from tests.cmd_keras.test_trajectories import (
    BATCH,
    BATCHES,
    EPOCHS,
    RATES,
    TOLERANCE,
    Q,
    X,
    keras_peer,
    start,
)

LABELS = Q.argmax(axis=1)
OF_TEACHER = [start(12, seed) for seed in (3, 4)]
Z_T = [training.Peer(weights).logits(X.astype(float)) for weights in OF_TEACHER]


def network(number=0, activation=None):
    """A network of the teacher, with random layers and batch statistics that do nothing yet."""
    peer = keras_peer(OF_TEACHER[number])
    layers = [
        keras.Input((64,)),
        keras.layers.BatchNormalization(epsilon=0.0),
        keras.layers.Dropout(0.5),
        *peer.layers,
        keras.layers.Activation(activation or "linear"),
    ]
    return keras.Sequential(layers)


def distiller(teacher, epsilon=0.4, kind=MutualDistiller, hidden=12):
    peers = (keras_peer(start(hidden, seed)) for seed in (1, 2))
    labels = (LABELS,) if kind is NumberedDistiller else ()
    model = kind(*labels, *peers, method=cmdcore.T2SKD(epsilon), teacher=teacher)
    model.compile(CoupledSGD(RATES[0], momentum=0.9, weight_decay=5e-4))
    return model


def fit(model, *callbacks, **options):
    numbered = isinstance(model, NumberedDistiller)
    y = np.arange(90) if numbered else Q.astype("float32")
    rates = keras.callbacks.LearningRateScheduler(lambda epoch, _: RATES[epoch])
    return model.fit(
        X.astype("float32"), y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0,
        callbacks=[rates, *callbacks], **options,
    ).history  # fmt: skip


def values(networks):
    return [keras.ops.convert_to_numpy(v).copy() for n in networks for v in n.variables]


TEACHERS = {
    "logits": (lambda: network(), Z_T[0]),
    "softmax": (lambda: network(activation="softmax"), Z_T[0]),
    "log-softmax": (lambda: network(activation="log_softmax"), Z_T[0]),
    "several": (
        lambda: [network(0), network(1, "softmax")],
        np.log(np.mean([np.exp(eq.log_p(z)) for z in Z_T], axis=0)),
    ),
    "distiller": (
        lambda: MutualDistiller(network(0), network(1)),
        np.log(np.mean([np.exp(eq.log_p(z)) for z in Z_T], axis=0)),
    ),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, MutualDistiller) for name in TEACHERS), ("several", NumberedDistiller)],
)
def test_training_follows_the_reference_and_leaves_the_teacher_as_it_is(name, kind):
    make, z_t = TEACHERS[name]
    peers = [training.Peer(start(12, seed)) for seed in (1, 2)]
    epochs = training.train_t2s(*peers, X.astype(float), Q, BATCHES, RATES, epsilon=0.4, z_t=z_t)
    model = distiller(make(), kind=kind)
    before = values(model.teachers)
    logs = fit(model)
    for peer, expected in zip((model.peer_a, model.peer_b), peers, strict=True):
        for found, wanted in zip(peer.get_weights(), expected.weights, strict=True):
            scale = np.abs(wanted).max()
            what = "trajectory of T2S KD, weights / largest"
            deviation.check(what, found / scale, wanted / scale, TOLERANCE["float32"])
    for found, symbol in (("peer_a_loss", "L_A"), ("peer_b_loss", "L_B")):
        wanted = np.array([epoch[symbol] for epoch in epochs])
        scale = np.maximum(np.abs(wanted), 1.0)
        deviation.check("trajectory of T2S KD, logs", logs[found] / scale, wanted / scale, 1e-5)
    right = (z_t.argmax(axis=1) == LABELS).mean()
    np.testing.assert_allclose(logs["teacher_accuracy"], right, rtol=1e-5)
    # Bit for bit, batch statistics and the states of random layers among them.
    assert len(before) > 6
    for found, wanted in zip(values(model.teachers), before, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_whoever_follows_the_teacher_alone_does_not_hear_labels():
    models = [distiller(network(), epsilon=1.0) for _ in range(2)]
    x = X.astype("float32")
    for model, labels in zip(models, (LABELS, (LABELS + 1) % 10), strict=True):
        model.fit(x, labels, batch_size=BATCH, epochs=2, shuffle=False, verbose=0)
    weights = [model.get_weights() for model in models]
    assert all(np.array_equal(*pair) for pair in zip(*weights, strict=True))


def test_a_stopped_training_goes_on_with_the_same_teacher(tmp_path):
    class StopAfterThree(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    unbroken, broken = (distiller([network(0), network(1, "softmax")]) for _ in range(2))
    fit(unbroken)
    fit(broken, StopAfterThree())
    broken.save(tmp_path / "stopped.keras")
    loaded = keras.models.load_model(tmp_path / "stopped.keras")
    assert (loaded.method, len(loaded.teachers)) == (cmdcore.T2SKD(0.4), 2)
    for one, two in zip(loaded.teachers, broken.teachers, strict=True):
        assert all(map(np.array_equal, one.get_weights(), two.get_weights()))
    fit(loaded, initial_epoch=3)
    for found, wanted in zip(loaded.get_weights(), unbroken.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_the_teacher_is_nothing_that_is_trained_or_regularised():
    teacher = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(10, kernel_regularizer="l2", activity_regularizer="l2"),
        ]
    )
    model = distiller(teacher)
    assert len(model.trainable_variables) == 8
    assert len(model.optimizer.variables) == len(distiller(network()).optimizer.variables)
    logs = model.fit(X.astype("float32"), LABELS, epochs=1, verbose=0).history
    both = (logs["peer_a_loss"][0] + logs["peer_b_loss"][0]) / 2
    assert logs["loss"][0] == pytest.approx(both, rel=1e-5)


def test_prediction_and_evaluation_ask_the_students_alone():
    model, alone = distiller(network()), MutualDistiller(
        *(keras_peer(start(12, seed)) for seed in (1, 2)), method="t2s"
    )  # fmt: skip
    alone.compile()
    x = X.astype("float32")
    np.testing.assert_allclose(model.predict(x, verbose=0), alone.predict(x, verbose=0), rtol=1e-6)
    measured = [m.evaluate(x, LABELS, return_dict=True, verbose=0) for m in (model, alone)]
    assert measured[0] == pytest.approx(measured[1])
    assert "teacher_accuracy" not in measured[0]


@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_half_precision_says_float32(activation):
    layers = [
        keras.Input((64,)),
        keras.layers.Dense(10, dtype="mixed_bfloat16"),
        keras.layers.Activation(activation, dtype="mixed_bfloat16"),
    ]
    teacher = keras.Sequential(layers)
    teacher.layers[0].set_weights([np.eye(64, 10) * 200.0, np.zeros(10)])
    said = log_probabilities_of([teacher], np.eye(1, 64, dtype="float32"), 10)
    assert keras.backend.standardize_dtype(said.dtype) == "float32"
    log_p = keras.ops.convert_to_numpy(said)[0]
    # Where half precision knows but 0, the least number of float32 stands for it.
    assert log_p[0] == pytest.approx(0.0, abs=1e-6)
    assert log_p[1] == pytest.approx(-200.0 if activation == "linear" else -87.3, rel=1e-2)


def average(activation):
    inputs = keras.Input((64,))
    return keras.Model(
        inputs, (network(0, activation)(inputs) + network(1, activation)(inputs)) / 2
    )


def of_shape(inputs, outputs):
    return keras.Sequential([keras.Input(inputs), keras.layers.Dense(outputs)])


@pytest.mark.parametrize(
    ("teacher", "said"),
    [
        (lambda: of_shape((64,), 9), "must tell the 10 classes of the peers apart"),
        (lambda: of_shape((63,), 10), "must take the inputs of the peers"),
        (lambda: network(activation="sigmoid"), "returns a probability for each class on its own"),
        (lambda: average("softmax"), "cannot be told: behind its layer 'activation.*' more is"),
        (lambda: "teacher.keras", "teacher must be a keras.Model, received str"),
    ],
)
def test_what_cannot_teach_is_refused(teacher, said):
    with pytest.raises((TypeError, ValueError), match=said):
        distiller(teacher())


def test_logits_that_are_added_are_logits():
    z_t = (Z_T[0] + Z_T[1]) / 2
    said = log_probabilities_of(distiller(average(None)).teachers, X.astype("float32"), 10)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(said), eq.log_p(z_t), atol=1e-4)


def test_classes_that_are_known_late_are_counted_late():
    late = keras.Sequential([keras.layers.Dense(9)])
    with pytest.raises(ValueError, match="must tell the 10 classes of the peers apart"):
        fit(distiller(late))


def test_a_teacher_that_learns_or_is_not_heard_is_refused():
    peers = [keras_peer(start(12, seed)) for seed in (1, 2)]
    with pytest.raises(ValueError, match="The teacher and a peer share weights"):
        MutualDistiller(*peers, method="t2s", teacher=peers[0])
    with pytest.raises(ValueError, match=r"teacher has no effect with GCE\(q=0\.7\)"):
        MutualDistiller(*peers, method="gce", teacher=network())
    assert peers[0].trainable


@pytest.mark.parametrize("call", ["fit", "train_on_batch"])
@pytest.mark.parametrize("kind", [MutualDistiller, NumberedDistiller])
def test_without_a_teacher_nothing_is_learned(kind, call):
    model = distiller(None, kind=kind)
    model.set_clock(t=1, gamma=1)
    before = model.get_weights()
    y = np.arange(90) if kind is NumberedDistiller else LABELS
    with pytest.raises(ValueError, match=r"and there is none\. Give a trained network: Mutual"):
        getattr(model, call)(X.astype("float32"), y)
    for found, wanted in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, wanted)
