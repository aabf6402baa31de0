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


def test_callbacks_set_the_rate_of_both():
    model = distiller((keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.2)))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[schedule])
    rates = [model.optimizer.optimizer_a.learning_rate, model.optimizer.optimizer_b.learning_rate]
    np.testing.assert_allclose([float(keras.ops.convert_to_numpy(r)) for r in rates], 0.05)


def test_wrong_pairs_are_refused():
    optimizer = keras.optimizers.SGD()
    with pytest.raises(ValueError, match="same object twice"):
        distiller((optimizer, optimizer))
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
