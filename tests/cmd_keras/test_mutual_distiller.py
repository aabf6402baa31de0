import keras
import numpy as np
import pytest
from keras import ops

import cmdcore
from cmd_keras import MutualDistiller, NumberedDistiller
from reference import equations as eq
from tests.cmd_keras.peers import digits, distiller, peer, weights

X, Y = digits()
LOGS = {
    "loss",
    "peer_a_loss",
    "peer_b_loss",
    "peer_a_accuracy",
    "peer_b_accuracy",
    "mean_accuracy",
    "ensemble_accuracy",
    "threshold",
    "peer_a_entropy",
    "peer_b_entropy",
    "peer_a_certainty",
    "peer_b_certainty",
    "a_to_b",
    "b_to_a",
}
EVALUATED = {name for name in LOGS if name.endswith(("loss", "accuracy"))}


class Clock(keras.callbacks.Callback):
    """Writes down chi and r as they stand in each epoch."""

    def __init__(self):
        super().__init__()
        self.t, self.gamma, self.r = [], [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.t.append(int(self.model._t.value))
        self.gamma.append(int(self.model._gamma.value))
        self.r.append(float(self.model._certainty_a.value))


class StopAfter(keras.callbacks.Callback):
    """Ends training after so many epochs."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 >= self.epochs


class InterruptIn(keras.callbacks.Callback):
    """Breaks off in an epoch, counted from 0."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_fit_logs_what_the_class_promises():
    history = distiller().fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y)).history
    assert set(history) == LOGS | {f"val_{name}" for name in EVALUATED}
    for name in LOGS:
        assert len(history[name]) == 2
        assert np.isfinite(history[name]).all()
    mean = (np.array(history["peer_a_loss"]) + history["peer_b_loss"]) / 2
    np.testing.assert_allclose(history["loss"], mean, rtol=1e-6)
    mean = (np.array(history["peer_a_accuracy"]) + history["peer_b_accuracy"]) / 2
    np.testing.assert_allclose(history["mean_accuracy"], mean, rtol=1e-6)


def test_one_full_batch_logs_eqs_8_to_12_to_the_digit():
    model = distiller(self_kd=cmdcore.ProSelfLC(b1=6.0), mode=cmdcore.Static(1.02))
    z_a = np.asarray(model.peer_a.predict(X, verbose=0), np.float64)
    z_b = np.asarray(model.peer_b.predict(X, verbose=0), np.float64)
    history = model.fit(X, Y, batch_size=len(X), epochs=1, verbose=0).history
    q = np.eye(10)[Y]
    chi = eq.chi(1, 1, 1.02, 0.0, 10)
    q_a = eq.refined_label("proselflc", q, z_a, 1, 1, 0.0, b1=6.0)
    q_b = eq.refined_label("proselflc", q, z_b, 1, 1, 0.0, b1=6.0)
    expected = {
        "peer_a_loss": eq.L_A(q_a, q_b, z_a, z_b, chi).mean(),
        "peer_b_loss": eq.L_A(q_b, q_a, z_b, z_a, chi).mean(),
        "threshold": chi,
        "peer_a_certainty": eq.r(z_a),
        "peer_b_certainty": eq.r(z_b),
        "a_to_b": (eq.H(np.exp(eq.log_p(z_a))) < chi).mean(),
        "b_to_a": (eq.H(np.exp(eq.log_p(z_b))) < chi).mean(),
        "peer_a_accuracy": (z_a.argmax(1) == Y).mean(),
        "ensemble_accuracy": (
            (np.exp(eq.log_p(z_a)) + np.exp(eq.log_p(z_b))).argmax(1) == Y
        ).mean(),
    }
    assert 0.05 < expected["a_to_b"] < 0.95, "the threshold must divide the samples"
    for name, value in expected.items():
        np.testing.assert_allclose(history[name][0], value, rtol=2e-5, err_msg=name)


def test_means_run_over_the_whole_batch_not_over_the_selected_samples():
    model = distiller("sgd", self_kd="ce", mode=cmdcore.Static(1.02))
    z_a = np.asarray(model.peer_a.predict(X, verbose=0), np.float64)
    z_b = np.asarray(model.peer_b.predict(X, verbose=0), np.float64)
    loss = model.fit(X, Y, batch_size=len(X), epochs=1, verbose=0).history["peer_a_loss"][0]
    per_sample = eq.cross_H(np.eye(10)[Y], z_a)
    selected = eq.H(np.exp(eq.log_p(z_b))) < eq.chi(1, 1, 1.02, 0.0, 10)
    np.testing.assert_allclose(
        loss, per_sample.mean() + per_sample[selected].sum() / len(X), rtol=1e-5
    )


@pytest.fixture(scope="module")
def four_epochs():
    """The clock of a training, and its history."""
    clock = Clock()
    return clock, distiller().fit(X, Y, epochs=4, verbose=0, callbacks=[clock]).history


def test_gamma_comes_from_fit_and_t_counts_epochs_from_one(four_epochs):
    clock, history = four_epochs
    assert (clock.t, clock.gamma) == ([1, 2, 3, 4], [4] * 4)
    expected = [eq.chi(t, 4, 2.0, -5.0, 10) for t in (1, 2, 3, 4)]
    np.testing.assert_allclose(history["threshold"], expected, rtol=1e-6)


def test_initial_epoch_starts_the_clock_where_it_should():
    history = distiller().fit(X, Y, epochs=4, initial_epoch=2, verbose=0).history
    expected = [eq.chi(t, 4, 2.0, -5.0, 10) for t in (3, 4)]
    np.testing.assert_allclose(history["threshold"], expected, rtol=1e-6)


def test_step_clock_counts_steps():
    history = distiller(clock="step").fit(X, Y, batch_size=100, epochs=2, verbose=0).history
    chi = [eq.chi(t, 6, 2.0, -5.0, 10) for t in range(1, 7)]
    np.testing.assert_allclose(
        history["threshold"], [np.mean(chi[:3]), np.mean(chi[3:])], rtol=1e-6
    )


def test_step_clock_needs_to_know_the_length_of_an_epoch():
    def endless():
        while True:
            yield X[:50], Y[:50]

    with pytest.raises(ValueError, match="needs the number of steps"):
        distiller(clock="step").fit(endless(), epochs=1, verbose=0)


def test_r_is_zero_in_the_first_epoch_and_then_that_of_the_last_finished_one(four_epochs):
    clock, history = four_epochs
    np.testing.assert_allclose(clock.r, [0.0, *history["peer_a_certainty"][:3]], rtol=1e-6)


def test_another_fit_is_another_training_in_which_t_and_r_begin_anew():
    clock = Clock()
    model = distiller()
    model.fit(X, Y, epochs=2, verbose=0)
    before = float(model._certainty_a.value)
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[clock]).history
    assert before > 0
    assert (clock.t, clock.gamma) == ([1, 2, 3], [3] * 3)
    np.testing.assert_allclose(clock.r, [0.0, *history["peer_a_certainty"][:2]], rtol=1e-6)


def test_two_fits_equal_a_fresh_model_with_the_weights_of_the_first():
    """Mconf weighs by r: what is left of the training before would change the weights."""
    twice = distiller(self_kd=cmdcore.Mconf(rho=0.1))
    twice.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    fresh = distiller(self_kd=cmdcore.Mconf(rho=0.1), seed=1)
    fresh.peer_a.set_weights(twice.peer_a.get_weights())
    fresh.peer_b.set_weights(twice.peer_b.get_weights())
    for model in (twice, fresh):
        model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(twice), weights(fresh))


@pytest.fixture(scope="module")
def unbroken():
    """The weights after three epochs in one go."""
    model = distiller()
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    return weights(model)


def test_training_that_goes_on_keeps_t_and_r(unbroken):
    parts = distiller()
    parts.fit(X, Y, epochs=3, shuffle=False, verbose=0, callbacks=[StopAfter(1)])
    clock = Clock()
    parts.fit(X, Y, epochs=3, initial_epoch=1, shuffle=False, verbose=0, callbacks=[clock])
    assert (clock.t, clock.gamma) == ([2, 3], [3] * 2)
    assert clock.r[0] > 0
    np.testing.assert_array_equal(weights(parts), unbroken)


def test_training_that_is_restored_from_a_backup_keeps_t_and_r(unbroken, tmp_path):
    stopped, restored = distiller(), distiller()

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X, Y, epochs=3, shuffle=False, verbose=0, callbacks=[backup(), InterruptIn(1)])
    clock = Clock()
    restored.fit(X, Y, epochs=3, shuffle=False, verbose=0, callbacks=[backup(), clock])
    assert (clock.t, clock.gamma) == ([2, 3], [3] * 2)
    assert clock.r[0] > 0
    np.testing.assert_array_equal(weights(restored), unbroken)


def test_r_survives_validation_within_the_epoch():
    other = (np.zeros_like(X), Y)
    clock = Clock()
    history = (
        distiller().fit(X, Y, epochs=2, verbose=0, callbacks=[clock], validation_data=other).history
    )
    np.testing.assert_allclose(clock.r[1], history["peer_a_certainty"][0], rtol=1e-6)


@pytest.fixture(scope="module")
def with_indices():
    """The weights after two epochs, of labels as they are."""
    model = distiller()
    model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    return weights(model)


@pytest.mark.parametrize(
    "labels",
    [Y[:, None], Y.astype("float32"), np.eye(10, dtype="float32")[Y]],
    ids=["column", "float", "one-hot"],
)
def test_every_form_of_label_trains_alike(labels, with_indices):
    found = distiller()
    found.fit(X, labels, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(found), with_indices)


def test_soft_labels_train():
    soft = 0.9 * np.eye(10, dtype="float32")[Y] + 0.01
    history = distiller().fit(X, soft, epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]


def test_sample_weight_multiplies_both_losses_and_zero_removes_a_sample():
    weight = np.zeros(len(X), "float32")
    weight[:100] = 3.0
    weighted, alone = distiller(), distiller()
    weighted.fit(X, Y, sample_weight=weight, batch_size=300, epochs=2, verbose=0, shuffle=False)
    # 100 samples of weight 3 among 300: the mean over the batch is theirs alone.
    alone.fit(X[:100], Y[:100], batch_size=100, epochs=2, verbose=0, shuffle=False)
    np.testing.assert_allclose(weights(weighted), weights(alone), atol=2e-6)


def test_tf_data_trains_like_the_same_arrays_with_the_last_batch_smaller():
    import tensorflow as tf

    arrays, dataset = distiller(), distiller()
    arrays.fit(X, Y, batch_size=64, epochs=2, shuffle=False, verbose=0)
    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(64)
    dataset.fit(batches, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(dataset), weights(arrays))


def test_predict_is_the_mean_of_both_probabilities():
    model = distiller()
    p_a = np.exp(eq.log_p(model.peer_a.predict(X, verbose=0)))
    p_b = np.exp(eq.log_p(model.peer_b.predict(X, verbose=0)))
    np.testing.assert_allclose(model.predict(X, verbose=0), (p_a + p_b) / 2, atol=1e-6)


def test_evaluate_reports_cross_entropy_and_distils_nothing():
    model = distiller()
    result = model.evaluate(X, Y, return_dict=True, verbose=0)
    assert set(result) == EVALUATED
    q, z_a = np.eye(10)[Y], model.peer_a.predict(X, verbose=0)
    np.testing.assert_allclose(result["peer_a_loss"], eq.cross_H(q, z_a).mean(), rtol=1e-5)


def test_compiled_metrics_see_the_ensemble():
    model = MutualDistiller(peer(), peer())
    model.compile(
        optimizer="sgd", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(3)]
    )
    history = model.fit(X, Y, epochs=1, verbose=0).history
    assert history["accuracy"] == history["ensemble_accuracy"]
    assert "sparse_top_k_categorical_accuracy" in history


def test_peers_of_different_architecture_train():
    convolutional = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Reshape((8, 8, 1)),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(10),
        ]
    )
    model = MutualDistiller(peer(), convolutional, self_kd="proselflc", mode="all")
    model.compile(optimizer="adam")
    before = model.peer_b.get_weights()
    history = model.fit(X, Y, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    moved = [
        not np.array_equal(a, b) for a, b in zip(before, model.peer_b.get_weights(), strict=True)
    ]
    assert all(moved), "every weight of B moves, batch statistics included"


def test_subclassed_peers_that_build_late_train():
    class Late(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(10)

        def call(self, x):
            return self.dense(x)

    model = MutualDistiller(Late(), Late())
    model.compile(optimizer="sgd")
    assert np.isfinite(model.fit(X, Y, epochs=1, verbose=0).history["loss"]).all()


def test_late_peers_of_different_width_are_refused_at_the_first_batch():
    def late(width):
        return keras.Sequential([keras.layers.Dense(width)])

    model = MutualDistiller(late(10), late(7))
    model.compile(optimizer="sgd")
    with pytest.raises(ValueError, match="peer_a returns 10 logits, peer_b 7"):
        model.fit(X, Y, epochs=1, verbose=0)


@pytest.fixture(scope="module", params=["ce", "cp", "mconf"])
def unmoved_by_b(request):
    """A method, and the weights of peer A before and after mode zero."""
    together = distiller(self_kd=request.param, mode="zero")
    before = together.peer_a.get_weights()
    together.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    return request.param, before, together.peer_a.get_weights()


@pytest.mark.parametrize("mode", [cmdcore.Zero(), cmdcore.Static(np.inf), cmdcore.Static(-3.0)])
def test_mode_zero_is_two_independent_runs_bit_for_bit(unmoved_by_b, mode):
    method, start_a, after = unmoved_by_b
    # Beside another peer B, under a mode that must come to the same.
    other = MutualDistiller(peer(), peer(), self_kd=method, mode=mode)
    other.peer_a.set_weights(start_a)
    other.compile(optimizer="sgd")
    other.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    for one, two in zip(after, other.peer_a.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_mode_zero_with_ce_is_keras_itself():
    model = distiller(self_kd="ce", mode="zero")
    alone = keras.models.clone_model(model.peer_a)
    alone.set_weights(model.peer_a.get_weights())
    alone.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    alone.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    for one, two in zip(model.peer_a.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_mode_all_with_ce_doubles_the_loss():
    model = distiller(self_kd="ce", mode="all")
    plain = model.evaluate(X, Y, return_dict=True, verbose=0)["peer_a_loss"]
    trained = model.fit(X, Y, batch_size=len(X), epochs=1, verbose=0).history["peer_a_loss"][0]
    np.testing.assert_allclose(trained, 2 * plain, rtol=1e-6)


def test_knowledge_as_prediction_teaches_p():
    model = distiller(self_kd="ce", mode="all", knowledge="prediction")
    z_a = np.asarray(model.peer_a.predict(X, verbose=0), np.float64)
    z_b = np.asarray(model.peer_b.predict(X, verbose=0), np.float64)
    loss = model.fit(X, Y, batch_size=len(X), epochs=1, verbose=0).history["peer_a_loss"][0]
    q, p_b = np.eye(10)[Y], np.exp(eq.log_p(z_b))
    np.testing.assert_allclose(loss, (eq.cross_H(q, z_a) + eq.cross_H(p_b, z_a)).mean(), rtol=1e-5)


def test_constant_targets_change_the_weights_and_not_the_first_loss():
    flowing, constant = distiller(self_kd="cp"), distiller(self_kd="cp", constant_targets=True)
    losses = [
        m.fit(X, Y, batch_size=300, epochs=1, verbose=0).history["loss"]
        for m in (flowing, constant)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    assert not np.allclose(weights(flowing), weights(constant), atol=1e-6)


def test_regularisation_of_the_peers_is_minimised_too():
    def regularised():
        return keras.Sequential(
            [
                keras.Input((64,)),
                keras.layers.Dense(10, kernel_regularizer=keras.regularizers.L2(0.5)),
            ]
        )

    keras.utils.set_random_seed(0)
    model = MutualDistiller(regularised(), regularised(), self_kd="ce", mode="zero")
    model.compile(optimizer="sgd")
    penalty = sum(
        0.5 * float((w**2).sum()) for p in (model.peer_a, model.peer_b) for w in p.get_weights()[:1]
    )
    logs = model.fit(X, Y, batch_size=len(X), epochs=1, verbose=0).history
    peers = (logs["peer_a_loss"][0] + logs["peer_b_loss"][0]) / 2
    np.testing.assert_allclose(logs["loss"][0], peers + penalty / 2, rtol=1e-5)


def test_save_and_load_continue_as_if_never_stopped(tmp_path):
    x, y = X[:256], Y[:256]

    def run(model, start, stop):
        # Every epoch draws its own order, so that a stop cannot shift it.
        for epoch in range(start, stop):
            order = np.random.default_rng(epoch).permutation(len(x))
            model.fit(
                x[order], y[order], initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0
            )

    unbroken = distiller("adam", self_kd="mconf")
    run(unbroken, 0, 4)
    broken = distiller("adam", self_kd="mconf")
    run(broken, 0, 2)
    broken.save(tmp_path / "distiller.keras")
    loaded = keras.models.load_model(tmp_path / "distiller.keras")
    assert float(loaded._certainty_a.value) > 0
    run(loaded, 2, 4)
    np.testing.assert_array_equal(weights(loaded), weights(unbroken))


def test_config_round_trip():
    model = MutualDistiller(
        peer(), peer(), self_kd=cmdcore.Mconf(3.0, 0.2), mode=cmdcore.Selection(-1.0, 4.0),
        knowledge="prediction", constant_targets=True, clock="step",
    )  # fmt: skip
    copy = MutualDistiller.from_config(model.get_config())
    assert copy.method == model.method
    assert (copy.method.self_kd, copy.method.mode) == (
        cmdcore.Mconf(3.0, 0.2),
        cmdcore.Selection(-1.0, 4.0),
    )
    assert (copy.method.knowledge, copy.method.constant_targets, copy.clock) == (
        "prediction",
        True,
        "step",
    )
    assert copy.peer_a.count_params() == model.peer_a.count_params()


@pytest.mark.parametrize("numbered", [False, True])
def test_batches_of_arrays_that_are_too_small_for_the_method_are_refused(numbered):
    x, y = np.zeros((40, 64), "float32"), np.arange(40) % 10
    model = MutualDistiller(peer(), peer(), method="dmi")
    if numbered:
        model = NumberedDistiller(y, peer(), peer(), method="dmi")
    model.compile("sgd")
    given = np.arange(40) if numbered else y
    with pytest.raises(ValueError, match=r"must hold each of the 10 classes .* holds 9 examples"):
        model.fit(x, given, batch_size=9, verbose=0)
    assert "regular_a" in model.fit(x, given, verbose=0).history


def test_keras_callbacks_work(tmp_path):
    model = distiller()
    model.fit(
        X, Y, epochs=3, verbose=0, validation_data=(X, Y),
        callbacks=[
            keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True),
            keras.callbacks.ReduceLROnPlateau("val_loss", patience=0, min_delta=100.0, factor=0.5),
            keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", "val_mean_accuracy", mode="max"),
            keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
            keras.callbacks.BackupAndRestore(tmp_path / "backup"),
        ],
    )  # fmt: skip
    assert float(ops.convert_to_numpy(model.optimizer.learning_rate)) < 0.01
    loaded = keras.models.load_model(tmp_path / "best.keras")
    # The checkpoint is taken after r of the finished epoch has been put in place.
    assert float(loaded._certainty_a.value) > 0


def test_mixed_precision_measures_entropy_in_float32():
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        model = distiller("adam")
        history = model.fit(X, Y, epochs=2, verbose=0).history
    finally:
        keras.mixed_precision.set_dtype_policy("float32")
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    assert history["loss"][1] < history["loss"][0]
    assert model.predict(X[:2], verbose=0).dtype == np.float32


@pytest.mark.parametrize(
    ("build", "error", "match"),
    [
        (lambda: MutualDistiller(peer(), "resnet"), TypeError, "peer_b must be a keras.Model, received str"),
        (lambda: MutualDistiller(p := peer(), p), ValueError, "share weights"),
        (lambda: MutualDistiller(peer(), peer(num_classes=7)), ValueError, "peer_a returns 10 logits, peer_b 7"),
        (lambda: MutualDistiller(peer(), peer(inputs=32)), ValueError, "must take the same inputs"),
        (lambda: MutualDistiller(peer(num_classes=1), peer(num_classes=1)), ValueError, "single column"),
        (lambda: MutualDistiller(peer(), peer(), mode="some"), ValueError, "mode must be one of"),
        (lambda: MutualDistiller(peer(), peer(), self_kd="none"), ValueError, "self_kd must be one of"),
        (lambda: MutualDistiller(peer(), peer(), knowledge="p"), ValueError, "knowledge must be one of"),
        (lambda: MutualDistiller(peer(), peer(), clock="hour"), ValueError, "clock must be one of"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_at_once(build, error, match):
    with pytest.raises(error, match=match):
        build()


@pytest.mark.parametrize("end", ["activation", "layer"])
def test_peers_that_return_probabilities_are_refused(end):
    last = (
        [keras.layers.Dense(10, activation="softmax")]
        if end == "activation"
        else [keras.layers.Dense(10), keras.layers.Softmax()]
    )
    with pytest.raises(ValueError, match="peer_b must return logits"):
        MutualDistiller(peer(), keras.Sequential([keras.Input((64,)), *last]))


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (np.where(Y == 3, 10, Y), "out of range: label 3 is 10"),
        (np.where(Y == 3, -1, Y), "out of range: label 3 is -1"),
        (Y + 0.5, "out of range: label 0 is 0.5"),
        (np.array(["cat"] * len(Y)), "must be integers"),
        (np.eye(7)[np.minimum(Y, 6)], r"received \(300, 7\)"),
        (np.eye(10)[Y] * 2, "not distributions"),
        (np.full((len(Y), 10), np.nan), "not distributions"),
    ],
)
def test_wrong_labels_are_refused_before_training(labels, match):
    with pytest.raises(ValueError, match=match):
        distiller().fit(X, labels, epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda m: m.fit(X, Y, validation_data=(X, Y + 1)), "out of range"),
        (lambda m: m.evaluate(X, Y + 1), "out of range"),
        (lambda m: m.evaluate(X, Y.astype(str)), "must be integers"),
        (lambda m: m.fit(X, Y, sample_weight=np.full(len(X), np.nan)), "weights contain NaN"),
        (lambda m: m.fit(X[:0], Y[:0]), "There are no samples"),
        (lambda m: m.fit(X), "Labels are missing"),
        (lambda m: m.compile(optimizer=None), "An optimizer is needed"),
    ],
)
def test_other_wrong_arrays_are_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call(distiller())


def test_nan_inputs_are_refused_before_training():
    x = X.copy()
    x[7, 3] = np.nan
    with pytest.raises(ValueError, match="the first is sample 7"):
        distiller().fit(x, Y, epochs=1, verbose=0)


def test_a_label_out_of_range_in_tf_data_makes_the_loss_nan():
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices((X, np.where(Y == 3, 10, Y))).batch(64)
    assert np.isnan(distiller().fit(batches, epochs=1, verbose=0).history["loss"][0])


def test_a_loss_of_ones_own_is_refused():
    with pytest.raises(ValueError, match="makes its own loss"):
        MutualDistiller(peer(), peer()).compile("sgd", loss="mse")


@pytest.mark.parametrize("method", ["cmd", "async-mkd"])
def test_a_batch_of_its_own_is_trained_at_a_time_that_somebody_has_said(method):
    model = distiller(method=method)
    before = weights(model)
    with pytest.raises(ValueError, match=r"Call set_clock\(t=1, gamma=epochs\) before"):
        model.train_on_batch(X, Y)
    np.testing.assert_array_equal(weights(model), before)
    model.set_clock(t=1, gamma=10)
    model.train_on_batch(X, Y)
    assert (weights(model) != before).any()


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_prediction_sees_what_training_does_in_half_precision_too(precision):
    """Peers that need their inputs whole, as a mean of a million is."""
    keras.config.set_dtype_policy(precision)
    try:
        keras.utils.set_random_seed(0)
        x = (1013.0 + np.arange(60)[:, None] / 8).astype("float32")

        def whole():
            centred = keras.layers.Rescaling(1.0, offset=-1013.0, dtype="float32")
            return keras.Sequential([keras.Input((1,)), centred, keras.layers.Dense(3)])

        model = MutualDistiller(whole(), whole())
        alone = [p.predict(x, verbose=0).astype("float64") for p in (model.peer_a, model.peer_b)]
    finally:
        keras.config.set_dtype_policy("float32")
    expected = np.mean([np.exp(eq.log_p(z)) for z in alone], axis=0)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)
    assert len(np.unique(expected[:, 0])) > 40
