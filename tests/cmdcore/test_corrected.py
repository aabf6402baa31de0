"""Losses that a transition matrix corrects, and what they become."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from reference import selection
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance

KINDS = {"Forward": cmdcore.Forward, "Backward": cmdcore.Backward}


@st.composite
def transitions(draw, num_classes):
    """Matrices of which no row says less than 0.6 for its own class."""
    rate = draw(st.integers(0, 8)) / 20
    weights = st.lists(st.integers(0, 4), min_size=num_classes, max_size=num_classes)
    others = np.array([draw(weights.filter(any)) for _ in range(num_classes)], np.float64)
    return (1 - rate) * np.eye(num_classes) + rate * others / others.sum(axis=1, keepdims=True)


def at(method, q, z_a, z_b):
    return method.losses(q, *map(cmdcore.log_probabilities, (z_a, z_b)), moment=None)


@pytest.mark.parametrize("name", list(KINDS))
@given(st.data())
def test_each_peer_has_the_loss_and_the_gradient_of_the_paper(name, data):
    q, z_a, z_b = data.draw(batches())
    T = data.draw(transitions(q.shape[1]))
    method = KINDS[name](T)
    loss, gradient = (getattr(selection, f"{d}L_{name}") for d in ("", "d_"))
    exact_q, *logits = (np.asarray(array, np.float64) for array in (q, z_a, z_b))
    found = at(method, q, z_a, z_b)
    # A row of the inverse of such a matrix sums to 5 at most.
    for peer_loss, z in zip((found.loss_a, found.loss_b), logits, strict=True):
        deviation.check(f"L_{name}", peer_loss, loss(exact_q, z, T), 10 * entropy_tolerance(z))
    assert set(found.measured) == set(method.measures)

    def total_a(z_a, z_b):
        return ops.sum(at(method, q, z_a, z_b).loss_a)

    of_a, of_b = gradients(total_a, z_a, z_b)
    expected = gradient(exact_q, logits[0], T)
    deviation.check(f"dL_{name}", of_a, expected, 20 * entropy_tolerance(z_a))
    assert (of_b == 0).all()


Q = np.eye(3, dtype=np.float32)[[0, 2]]
Z = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], np.float32)
P = np.exp(eq.log_p(Z.astype(float)))
CE = -np.log(P[[0, 1], [0, 2]])
IDENTITY = np.eye(3)
NEXT = np.roll(IDENTITY, 1, axis=1)  # class i is always called i + 1


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (cmdcore.Forward(IDENTITY), CE),
        (cmdcore.Backward(IDENTITY), CE),
        # What is called 0 is a 2, and what is called 2 is a 1.
        (cmdcore.Forward(NEXT), -np.log(P[[0, 1], [2, 1]])),
        (cmdcore.Backward(NEXT), -np.log(P[[0, 1], [2, 1]])),
        (cmdcore.Forward(np.full((3, 3), 1 / 3)), np.full(2, np.log(3))),
        (cmdcore.Forward([[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]]),
         -np.log([(P[0, 0] + P[0, 2]) / 2, (P[1, 2] + P[1, 1]) / 2])),
    ],
)  # fmt: skip
def test_what_they_become(method, expected):
    found = ops.convert_to_numpy(at(method, Q, Z, Z).loss_a)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_the_mean_over_wrong_labels_is_the_loss_of_the_right_one():
    T = np.array([[0.7, 0.2, 0.1], [0.0, 0.8, 0.2], [0.3, 0.1, 0.6]])
    z = np.repeat(Z[:1], 3, axis=0)
    by_label = ops.convert_to_numpy(
        at(cmdcore.Backward(T), np.eye(3, dtype="float32"), z, z).loss_a
    )
    np.testing.assert_allclose(T @ by_label, -np.log(P[0]), rtol=1e-5)


def test_a_matrix_is_named_by_its_size_and_kept_as_it_is():
    method = cmdcore.Forward(IDENTITY)
    assert str(method) == "Forward(transition=3 x 3)"
    assert method == cmdcore.Forward(IDENTITY.tolist())
    assert hash(method) == hash(cmdcore.Forward(((1, 0, 0), (0, 1, 0), (0, 0, 1))))
    assert method != cmdcore.Forward(NEXT)


@pytest.mark.parametrize("kind", list(KINDS.values()))
@pytest.mark.parametrize(
    ("transition", "said"),
    [
        ([[0.5, 0.5]], "At least 2 classes"),
        ([[1.0, 0.0], [1.0]], "as many columns as rows, received 1 in row 1 of 2"),
        ([[0.5, 0.4], [0.0, 1.0]], "sum to 1, .* received 0.9 in row 0"),
        ([[1.5, -0.5], [0.0, 1.0]], "of which the least is -0.5"),
        ([[float("nan"), 1.0], [0.0, 1.0]], "received nan in row 0"),
    ],
)
def test_what_is_no_transition_matrix_is_refused(kind, transition, said):
    with pytest.raises(ValueError, match=said):
        kind(transition)


@pytest.mark.parametrize("kind", list(KINDS.values()))
def test_a_matrix_of_other_classes_is_refused(kind):
    with pytest.raises(ValueError, match="matrix of 2 classes, and the networks tell 3 apart"):
        at(kind(np.eye(2)), Q, Z, Z)


@pytest.mark.parametrize(
    "transition",
    [
        np.full((3, 3), 1 / 3),
        0.5 * np.eye(4) + 0.5 * np.roll(np.eye(4), 1, axis=1),
        (1 - 0.9) * np.eye(10) + 0.9 / 9 * (1 - np.eye(10)),  # but for rounding
        [[0.5, 0.5], [0.49999, 0.50001]],
    ],
)
def test_a_singular_matrix_cannot_be_inverted(transition):
    with pytest.raises(ValueError, match="transition is singular, or nearly"):
        cmdcore.Backward(transition)
    cmdcore.Forward(transition)


def test_the_inverse_of_a_hundred_classes():
    rng = np.random.default_rng(0)
    T = 0.6 * np.eye(100) + 0.4 * rng.dirichlet(np.full(100, 0.1), 100)
    method = cmdcore.Backward(T[rng.permutation(100)])  # 0 on most of the diagonal
    found = np.array(cmdcore.methods.backward.inverse(method.transition))
    np.testing.assert_allclose(found @ np.array(method.transition), np.eye(100), atol=1e-9)
