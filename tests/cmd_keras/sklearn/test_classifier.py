"""The classifier trains as a run does, on each backend, and says what it cannot use."""

import copy
import pickle
import random
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError

import cmdcore
from cmd_keras.errors import DivergenceError, InputError
from cmd_keras.run.settings.recipes import RECIPES
from cmd_keras.sklearn import CMDClassifier

QUICK = {"epochs": 3, "batch_size": 32, "random_state": 3}


@pytest.fixture(scope="module")
def wines():
    x, y = load_wine(return_X_y=True, as_frame=True)
    return x, y.map({0: "barolo", 1: "grignolino", 2: "barbera"}).to_numpy()


@pytest.fixture(scope="module")
def fitted(wines):
    return CMDClassifier(**QUICK).fit(*wines)


def test_takes_texts_and_a_data_frame(fitted, wines):
    x, y = wines
    assert fitted.classes_.tolist() == ["barbera", "barolo", "grignolino"]
    assert fitted.feature_names_in_.tolist() == x.columns.tolist()
    assert fitted.n_features_in_ == 13
    assert fitted.input_shape_ == (13,)
    assert set(fitted.predict(x)) <= set(y)
    assert fitted.score(x, y) > 0.85
    with pytest.raises(ValueError, match="has 3 features, but CMDClassifier is expecting 13"):
        fitted.predict(x.to_numpy()[:, :3])
    with pytest.raises(NotFittedError):
        clone(fitted).predict(x)


def test_probabilities_are_the_mean_of_both_peers(fitted, wines):
    x, _ = wines
    p, raw = fitted.predict_proba(x), x.to_numpy(np.float32)
    assert p.dtype == np.float64
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=0, atol=1e-15)
    peers = fitted.distiller_.peer_a, fitted.distiller_.peer_b
    a, b = (keras.ops.softmax(peer.predict(raw, verbose=0)) for peer in peers)
    a, b = keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b)
    assert np.abs(a - b).max() > 0.01
    np.testing.assert_allclose(p, (a + b) / 2, rtol=0, atol=1e-6)
    # Whoever is asked for with it.
    assert fitted.predict_proba(x[17:18]).tolist() == p[17:18].tolist()


def test_trains_as_the_recipe_of_tables_does(fitted):
    recipe = RECIPES["table"]
    assert fitted.distiller_.method == recipe.method
    first = recipe.learning_rate
    # Of three epochs both drops, at 0.5 and 0.8 of them, are before the last.
    rates = [first, first, first * recipe.decay**2]
    assert fitted.history_["learning_rate"] == pytest.approx(rates)
    assert len(fitted.history_["loss"]) == 3
    optimizer = fitted.distiller_.optimizer
    assert (optimizer.momentum, optimizer.coupled_weight_decay) == (0.9, recipe.weight_decay)
    plain = CMDClassifier()
    for name in ("network", "epochs", "batch_size", "learning_rate", "weight_decay"):
        assert getattr(plain, name) == getattr(recipe, name)


def test_a_seed_decides_everything_and_changes_nothing_else(fitted, wines):
    x, y = wines
    random.seed(7)
    np.random.seed(7)
    keras.utils.set_random_seed(11)
    python, numpy = random.getstate(), np.random.get_state()
    again = clone(fitted).fit(x, y)
    assert random.getstate() == python
    assert all(map(np.array_equal, np.random.get_state(), numpy))
    assert np.array_equal(again.predict_proba(x), fitted.predict_proba(x))
    other = clone(fitted).set_params(random_state=4).fit(x, y)
    assert not np.allclose(other.predict_proba(x), fitted.predict_proba(x), atol=1e-3)


def test_another_process_reads_it_and_says_the_same(fitted, wines, tmp_path):
    x, _ = wines
    (tmp_path / "fitted.pickle").write_bytes(pickle.dumps(fitted))
    x.to_pickle(tmp_path / "x.pickle")
    program = (
        "import pickle, numpy, pandas\n"
        "fitted = pickle.load(open('fitted.pickle', 'rb'))\n"
        "p = fitted.predict_proba(pandas.read_pickle('x.pickle'))\n"
        "numpy.save('p.npy', p)\n"
        "print(type(fitted.distiller_).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "MutualDistiller\n", done.stderr
    assert np.array_equal(np.load(tmp_path / "p.npy"), fitted.predict_proba(x))


def small_network(input_shape, num_classes):
    layers = [
        keras.layers.Flatten(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(num_classes),
    ]
    return keras.Sequential([keras.Input(input_shape), *layers])


def test_images_for_a_network_of_ones_own_which_draws():
    images = np.random.default_rng(0).normal(size=(40, 8, 6))
    labels = np.where(images.mean(axis=(1, 2)) > 0, 7, -7)
    classifier = CMDClassifier("sync-mkd", small_network, epochs=2, random_state=0)
    p = classifier.fit(images, labels).predict_proba(images)
    assert classifier.input_shape_ == (8, 6, 1)
    assert classifier.classes_.tolist() == [-7, 7]
    assert classifier.distiller_.method == cmdcore.SyncMKD()
    assert np.array_equal(classifier.fit(images, labels).predict_proba(images), p)
    # A channel of its own is no other image.
    assert np.array_equal(classifier.predict_proba(images[..., np.newaxis]), p)
    said = "X must hold inputs of the shape (8, 6, 1), as in fit, and holds (8, 5, 1)."
    with pytest.raises(InputError, match=re.escape(said)):
        classifier.predict(images[:, :, :5])


def always_alike(input_shape, num_classes):
    start = keras.initializers.GlorotUniform(seed=1)
    layers = [keras.Input(input_shape), keras.layers.Dense(num_classes, kernel_initializer=start)]
    return keras.Sequential(layers)


def test_a_method_that_remembers_each_example_is_told_which_they_are(wines):
    x, y = wines
    classifier = CMDClassifier(cmdcore.ELR(3.0, 0.5), epochs=2, random_state=0).fit(x, y)
    sums = classifier.distiller_.memory.of_all().sum(axis=-1)
    # Each of them was seen in both epochs.
    np.testing.assert_allclose(sums, np.full((len(x), 2), 0.75), atol=1e-5)
    assert np.isfinite(classifier.predict_proba(x)).all()


def with_softmax(input_shape, num_classes):
    layers = [keras.Input(input_shape), keras.layers.Dense(num_classes, activation="softmax")]
    return keras.Sequential(layers)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"epochs": 0}, "epochs must be at least 1 and at most 1,000,000, received 0"),
        ({"epochs": 2.5}, "epochs must be int, received 2.5"),
        ({"batch_size": np.int64(-3)}, "batch_size must be at least 1"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0, received nan"),
        ({"weight_decay": -1.0}, "weight_decay must be at least 0 and finite"),
        ({"method": "cdm"}, "method must be one of 'cmd', 'sync-mkd', 'async-mkd', 't2s', 'kdcl'"),
        ({"method": "co-teaching"}, "method='co-teaching' needs rate. Give the value itself"),
        ({"method": "dmi", "batch_size": 2}, "A batch must hold each of the 3 classes for DMI"),
        ({"network": "mpl"}, "Unknown network 'mpl'. Did you mean 'mlp'?"),
        ({"network": "os:system"}, "Unknown network 'os:system'"),
        ({"network": 5}, "or a function that returns a keras.Model, received 5"),
        ({"network": "resnet8"}, "resnet8"),
        ({"network": lambda shape, classes: [shape]}, "must return a keras.Model, and returned"),
        ({"network": lambda shape: shape}, "was called with ((13,), 3)"),
        ({"network": with_softmax}, "with_softmax must return logits"),
        ({"network": always_alike}, "Both peers begin with the same weights"),
    ],
)
def test_says_what_is_wrong_with_an_argument(options, said, wines):
    with pytest.raises(ValueError, match=re.escape(said)):
        CMDClassifier(**options).fit(*wines)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda x, y: (x, np.full(len(y), "barolo")), "one class only, 'barolo'"),
        (lambda x, y: (x, np.linspace(0.0, 1.5, len(y))), "Unknown label type: continuous"),
        (lambda x, y: (x, y[:-1]), "inconsistent numbers of samples: [178, 177]"),
        (lambda x, y: (x.where(x < 14), y), "Input X contains NaN"),
        (lambda x, y: (x * 1e300 * 1e300, y), "contains infinity"),
        (lambda x, y: (x.to_numpy()[:, 0], y), "Expected 2D array, got 1D array"),
    ],
)
def test_says_what_is_wrong_with_data(spoil, said, wines):
    with pytest.raises(ValueError, match=re.escape(said)):
        CMDClassifier().fit(*spoil(*wines))


def test_a_loss_that_is_no_number_ends_the_fit(wines):
    x, y = wines
    with pytest.raises(DivergenceError, match=r"Training diverged: .* lower learning_rate than 1e"):
        CMDClassifier(network=small_network, learning_rate=1e30, epochs=5).fit(x, y)


def interrupted(input_shape, num_classes):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"network": small_network, "learning_rate": 1e30, "epochs": 5}, DivergenceError),
        ({"network": interrupted}, KeyboardInterrupt),
        ({"epochs": 0}, InputError),
    ],
)
def test_a_fit_that_does_not_end_leaves_nothing_that_predicts(options, error, fitted, wines):
    x, y = wines
    two = y != "barbera"
    for classifier in (CMDClassifier(), copy.copy(fitted)):
        with pytest.raises(error):
            classifier.set_params(**options).fit(x[two], y[two])
        for ask in (classifier.predict, classifier.predict_proba):
            with pytest.raises(NotFittedError):
                ask(x)
        assert not [name for name in vars(classifier) if name.endswith("_")]
    assert fitted.predict(x).shape == y.shape
