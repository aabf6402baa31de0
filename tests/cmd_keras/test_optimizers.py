import keras
import numpy as np
import pytest

from cmd_keras import CoupledSGD, MutualDistiller, PeerOptimizers
from tests.cmd_keras.peers import digits, distiller, peer, weights

X, Y = digits()


def torch_sgd(w, gradients, rates, momentum, weight_decay):
    """torch.optim.SGD, from its documentation, in float64."""
    velocity = np.zeros_like(w)
    for gradient, rate in zip(gradients, rates, strict=True):
        velocity = momentum * velocity + gradient + weight_decay * w
        w = w - rate * velocity
    return w


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_coupled_sgd_follows_pytorch_through_a_drop_of_the_learning_rate(momentum):
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(3, 2)), rng.normal(size=(6, 3, 2))
    rates = [0.1, 0.1, 0.1, 0.01, 0.01, 0.01]
    variable = keras.Variable(start.astype("float32"))
    optimizer = CoupledSGD(0.1, momentum=momentum, weight_decay=0.05)
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([keras.ops.convert_to_tensor(gradient.astype("float32"))], [variable])
    expected = torch_sgd(start, gradients, rates, momentum, 0.05)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), expected, atol=1e-6)


def test_coupled_decay_is_ten_times_the_decoupled_one_at_momentum_09():
    def shrinkage(optimizer, steps=400):
        variable = keras.Variable(np.ones(1, "float32"))
        for _ in range(steps):
            optimizer.apply([keras.ops.zeros((1,))], [variable])
        return -np.log(float(keras.ops.convert_to_numpy(variable)[0]))

    coupled = shrinkage(CoupledSGD(0.01, momentum=0.9, weight_decay=0.01))
    decoupled = shrinkage(keras.optimizers.SGD(0.01, momentum=0.9, weight_decay=0.01))
    assert coupled / decoupled == pytest.approx(10, rel=0.05)


def test_decay_reaches_every_trainable_variable_and_no_other():
    layer = keras.layers.BatchNormalization()
    layer.build((None, 4))
    optimizer = CoupledSGD(0.1, momentum=0.0, weight_decay=0.5)
    zeros = [keras.ops.zeros(v.shape) for v in layer.trainable_variables]
    before = layer.get_weights()
    optimizer.apply(zeros, layer.trainable_variables)
    gamma, beta, mean, variance = layer.get_weights()
    np.testing.assert_allclose(gamma, before[0] * 0.95, rtol=1e-6)
    np.testing.assert_array_equal(beta, before[1])  # 0 stays 0
    np.testing.assert_array_equal([mean, variance], before[2:])


@pytest.mark.parametrize(
    "make",
    [
        lambda: CoupledSGD(0.05, weight_decay=1e-3),
        lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        lambda: keras.optimizers.Adam(1e-3),
        lambda: keras.optimizers.RMSprop(1e-3, clipvalue=0.01),
    ],
    ids=["CoupledSGD", "SGD", "Adam", "RMSprop"],
)
def test_one_optimizer_over_both_peers_equals_two(make):
    one, two = distiller(make()), distiller((make(), make()))
    assert isinstance(two.optimizer, PeerOptimizers)
    one.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    two.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(one), weights(two))


def test_a_pair_gives_each_peer_its_own():
    model = distiller((keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.1)))
    a, b = model.peer_a.get_weights(), model.peer_b.get_weights()
    model.fit(X, Y, epochs=1, verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(a, model.peer_a.get_weights(), strict=True))
    assert not any(
        np.array_equal(*pair) for pair in zip(b, model.peer_b.get_weights(), strict=True)
    )


def test_a_pair_survives_save_and_load(tmp_path):
    model = distiller(("adam", keras.optimizers.SGD(0.1, momentum=0.9)))
    model.fit(X, Y, epochs=1, shuffle=False, verbose=0)
    model.save(tmp_path / "pair.keras")
    loaded = keras.models.load_model(tmp_path / "pair.keras")
    for m in (model, loaded):
        m.fit(X, Y, epochs=2, initial_epoch=1, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(loaded), weights(model))


def rates(model):
    pair = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    return [
        float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        for optimizer in (pair.optimizer_a, pair.optimizer_b)
    ]


def pair_of_rates(a, b):
    return distiller((keras.optimizers.Adam(a), keras.optimizers.SGD(b)))


class Rates(keras.callbacks.Callback):
    """Writes down both rates as they stand in each epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(rates(self.model))


@pytest.mark.parametrize(
    ("callback", "factors"),
    [
        (keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2), [1 / 2, 1 / 4, 1 / 8]),
        (keras.callbacks.LearningRateScheduler(lambda epoch: [0.03, 0.0, 0.01][epoch]), [3, 0, 1]),
        (keras.callbacks.LearningRateScheduler(lambda epoch: [0.0, 0.0, 0.02][epoch]), [0, 0, 2]),
        (
            keras.callbacks.ReduceLROnPlateau("loss", factor=0.1, patience=0, min_delta=1e9),
            [1, 0.1, 0.01],
        ),
    ],
    ids=["halved", "to zero and back", "from zero", "on a plateau"],
)  # fmt: skip
def test_callbacks_scale_the_rate_of_both_by_one_factor(callback, factors):
    model, seen = pair_of_rates(0.01, 0.25), Rates()
    model.fit(X, Y, batch_size=300, epochs=3, verbose=0, callbacks=[callback, seen])
    # The plateau is seen at the end of an epoch, before or after it is written down.
    np.testing.assert_allclose(seen.seen, np.outer(factors, [0.01, 0.25]), rtol=1e-6, atol=0)
    shown = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    assert shown == seen.seen[-1][0]


def test_a_rate_that_is_scaled_is_the_rate_that_moves_the_weights():
    scaled, made = pair_of_rates(0.1, 0.2), pair_of_rates(0.05, 0.1)
    scaled.optimizer.learning_rate = 0.05
    for model in (scaled, made):
        model.fit(X, Y, epochs=1, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(scaled), weights(made))


def test_hundreds_of_rates_later_the_ratio_is_the_same():
    model = pair_of_rates(0.3, 0.7)
    rng = np.random.default_rng(0)
    for rate in rng.uniform(1e-7, 1.0, 300):
        model.optimizer.learning_rate = rate
    for _ in range(300):
        model.optimizer.learning_rate = rates(model)[0] * 0.99 or 0.3
    model.optimizer.learning_rate = 0.3
    np.testing.assert_allclose(rates(model), [0.3, 0.7], rtol=2e-7)


def test_a_rate_that_was_set_alone_gives_a_new_ratio():
    model = pair_of_rates(0.1, 0.2)
    model.optimizer.optimizer_b.learning_rate = 0.4
    model.optimizer.learning_rate = 0.05
    np.testing.assert_allclose(rates(model), [0.05, 0.2], rtol=1e-6)
    model.optimizer.optimizer_a.learning_rate = 0.2
    model.optimizer.learning_rate = 0.1
    np.testing.assert_allclose(rates(model), [0.1, 0.1], rtol=1e-6)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [((0.1, 0.0), [0.05, 0.0]), ((0.0, 0.0), [0.05, 0.05])],
    ids=["B rests", "both rest"],
)
def test_a_peer_that_rests_goes_on_resting(pair, expected):
    model = pair_of_rates(*pair)
    for rate in (0.2, 0.0, 0.05):
        model.optimizer.learning_rate = rate
    np.testing.assert_allclose(rates(model), expected, rtol=1e-6)


def test_no_factor_leads_away_from_a_rate_of_zero():
    model = pair_of_rates(0.0, 0.1)
    model.optimizer.learning_rate = 0.0
    with pytest.raises(
        ValueError, match=r"are 0\.0 and 0\.1\d*, and there is no factor from 0\.0 to 0\.3"
    ):
        model.optimizer.learning_rate = 0.3
    np.testing.assert_allclose(rates(model), [0.0, 0.1], rtol=1e-6)


def decaying():
    return keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5))


@pytest.mark.parametrize(
    ("pair", "peer_named"), [((decaying, keras.optimizers.SGD), "A"), ((keras.optimizers.SGD, decaying), "B")]
)  # fmt: skip
def test_a_schedule_in_a_pair_is_followed_but_cannot_be_scaled(pair, peer_named):
    model = distiller(tuple(make() for make in pair))
    before = rates(model)
    with pytest.raises(TypeError, match=f"peer {peer_named} has a schedule"):
        model.optimizer.learning_rate = 0.5
    assert rates(model) == before
    model.fit(X, Y, batch_size=100, epochs=1, verbose=0)
    followed = dict(zip("AB", rates(model), strict=True))[peer_named]
    assert followed == pytest.approx(0.1 * 0.5**3)


def test_what_is_no_rate_for_a_pair_is_refused_and_changes_nothing():
    model = pair_of_rates(0.1, 0.2)
    with pytest.raises(TypeError, match="Set a schedule on optimizer_a or optimizer_b"):
        model.optimizer.learning_rate = keras.optimizers.schedules.CosineDecay(0.1, 10)
    with pytest.raises(ValueError, match="must be finite, received nan"):
        model.optimizer.learning_rate = float("nan")
    # The variable itself would be that of peer A alone.
    with pytest.raises(AttributeError, match="assign"):
        model.optimizer.learning_rate.assign(0.5)
    np.testing.assert_allclose(rates(model), [0.1, 0.2], rtol=1e-6)


def test_the_ratio_survives_save_and_load_at_a_rate_of_zero(tmp_path):
    model = pair_of_rates(0.01, 0.25)
    model.fit(X, Y, epochs=1, verbose=0)
    model.optimizer.learning_rate = 0.0
    model.save(tmp_path / "pair.keras")
    loaded = keras.models.load_model(tmp_path / "pair.keras")
    assert rates(loaded) == [0.0, 0.0]
    loaded.optimizer.learning_rate = 0.02
    np.testing.assert_allclose(rates(loaded), [0.02, 0.5], rtol=1e-6)


def test_the_rate_of_a_pair_is_scaled_under_mixed_precision_too():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = pair_of_rates(0.01, 0.25)
    finally:
        keras.config.set_dtype_policy("float32")
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    model.optimizer.learning_rate = 0.001
    np.testing.assert_allclose(rates(model), [0.001, 0.025], rtol=1e-6)


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in LossScaleOptimizer"])
def test_a_loss_scale_of_both_moves_the_weights_as_none_does(wrapped, tmp_path):
    def trained(factor):
        def sgd():
            return keras.optimizers.SGD(0.1, loss_scale_factor=factor)

        model = distiller((sgd(), sgd()))
        if wrapped:
            scaled = keras.optimizers.LossScaleOptimizer(model.optimizer, initial_scale=4.0)
            model.compile(scaled)
        model.fit(X, Y, batch_size=100, epochs=1, shuffle=False, verbose=0)
        return model

    scaled = trained(1024.0)
    np.testing.assert_allclose(weights(scaled), weights(trained(None)), atol=1e-6)
    scaled.save(tmp_path / "pair.keras")
    loaded = keras.models.load_model(tmp_path / "pair.keras").optimizer
    assert getattr(loaded, "inner_optimizer", loaded).loss_scale_factor == (
        None if wrapped else 1024.0
    )


def test_each_peer_is_clipped_and_averaged_by_its_own_optimizer():
    model = distiller(
        (
            keras.optimizers.SGD(1.0, global_clipnorm=1e-3),
            keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.0),
        )
    )
    before = [peer.get_weights() for peer in (model.peer_a, model.peer_b)]
    model.fit(X, Y, batch_size=300, epochs=1, verbose=0)
    moved = [
        np.sqrt(sum(((new - old) ** 2).sum() for new, old in zip(peer.get_weights(), was, strict=True)))
        for peer, was in zip((model.peer_a, model.peer_b), before, strict=True)
    ]  # fmt: skip
    assert moved[0] == pytest.approx(1e-3, rel=1e-3)
    assert moved[1] > 0.01


def test_what_is_excluded_from_decay_is_excluded_for_both():
    model = distiller(tuple(keras.optimizers.SGD(0.1, weight_decay=0.5) for _ in range(2)))
    model.optimizer.exclude_from_weight_decay(var_names=["kernel"])
    plain = distiller(tuple(keras.optimizers.SGD(0.1) for _ in range(2)))
    for peers in ("peer_a", "peer_b"):
        for one in (model, plain):
            # Biases are 0, and stay so where nothing is learned.
            one.optimizer.apply([keras.ops.zeros(v.shape) for v in one.trainable_variables])
        found, expected = (getattr(one, peers).get_weights() for one in (model, plain))
        for one, two in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, two)


def test_weights_frozen_after_compile_are_not_given_to_the_other_optimizer():
    model = distiller(("adam", "sgd"))
    model.peer_a.layers[0].trainable = False
    with pytest.raises(ValueError, match=r"compile\(\) again|built with 8 variables"):
        model.fit(X, Y, epochs=1, verbose=0)
    model = distiller()
    model.peer_a.layers[0].trainable = False
    model.compile(("adam", "sgd"))
    before = model.peer_a.layers[0].get_weights()
    model.fit(X, Y, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.peer_a.layers[0].get_weights()[0], before[0])


def test_wrong_pairs_are_refused():
    optimizer = keras.optimizers.SGD()
    with pytest.raises(ValueError, match="same object twice"):
        distiller((optimizer, optimizer))
    with pytest.raises(ValueError, match=r"same loss_scale_factor, received 2\.0 and None"):
        distiller((keras.optimizers.SGD(loss_scale_factor=2.0), "sgd"))
    with pytest.raises(ValueError, match="inside LossScaleOptimizer"):
        distiller((keras.optimizers.LossScaleOptimizer(optimizer), "sgd"))
    with pytest.raises(ValueError, match="received 3"):
        distiller(("sgd", "sgd", "sgd"))
    with pytest.raises(ValueError, match="peer_b has no weights yet"):
        MutualDistiller(peer(), keras.Sequential([keras.layers.Dense(10)])).compile(("sgd", "sgd"))


@pytest.mark.parametrize(
    "arguments", [{"momentum": 1.5}, {"weight_decay": -1.0}, {"momentum": float("nan")}]
)
def test_constants_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match="must"):
        CoupledSGD(0.1, **arguments)
