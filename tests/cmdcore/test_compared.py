"""What the paper compares with: values and gradients by the reference, and what they must become."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import compared
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance
from tests.cmdcore.every_method import EVERY

MOMENT = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
weights = st.floats(0, 10)


@st.composite
def losses(draw, name):
    """`(method, its loss, its gradient)`, the last two of labels and logits."""
    if name == "GCE":
        constants = (draw(st.floats(0.05, 1)),)
        method = cmdcore.GCE(*constants)
    elif name == "TfKD":
        constants = (draw(st.floats(0, 1)), draw(st.floats(0.25, 1)), draw(st.floats(0.5, 30)))
        method = cmdcore.TfKD(epsilon=constants[0], a=constants[1], temperature=constants[2])
    else:
        constants = draw(weights), draw(weights)
        method = getattr(cmdcore, name)(*constants)
    loss, gradient = (getattr(compared, f"{d}L_{name}") for d in ("", "d_"))
    return (
        method,
        lambda q, z: loss(q, z, *constants),
        lambda q, z: gradient(q, z, *constants),
    )


def at(method, q, z_a, z_b):
    log_p_a, log_p_b = map(cmdcore.log_probabilities, (z_a, z_b))
    if isinstance(method, cmdcore.Taught):
        return method.losses_taught(q, log_p_a, log_p_b, MOMENT, log_p_b)
    return method.losses(q, log_p_a, log_p_b, MOMENT)


def exactly(batch):
    return tuple(np.asarray(array, np.float64) for array in batch)


def tolerance(expected, *logits):
    # A loss is a sum of terms of the size of log p, weighted by constants of at most 20.
    return (1.0 + np.abs(expected).max()) * sum(map(entropy_tolerance, logits))


@pytest.mark.parametrize("name", ["GCE", "SCE", "APL", "TfKD"])
@given(st.data())
def test_each_peer_has_the_loss_of_the_paper(name, data):
    batch, (method, loss, _) = data.draw(batches()), data.draw(losses(name))
    q, z_a, z_b = exactly(batch)
    found = at(method, *batch)
    for peer_loss, z in ((found.loss_a, z_a), (found.loss_b, z_b)):
        expected = loss(q, z)
        deviation.check(f"L_{name}", peer_loss, expected, tolerance(expected, z))
    assert set(found.measured) == set(method.measures)


@pytest.mark.parametrize("name", ["GCE", "SCE", "APL", "TfKD"])
@given(st.data())
def test_gradients_are_those_by_hand_and_do_not_move_the_other_peer(name, data):
    batch, (method, _, gradient) = data.draw(batches()), data.draw(losses(name))
    q, z_a, z_b = batch

    def total_a(z_a, z_b):
        return ops.sum(at(method, q, z_a, z_b).loss_a)

    of_a, of_b = gradients(total_a, z_a, z_b)
    expected = gradient(*exactly((q, z_a)))
    deviation.check(f"dL_{name}", of_a, expected, 4 * entropy_tolerance(z_a))
    assert (of_b == 0).all()


@given(batches(), st.sampled_from(["min-logit", "mean"]), st.floats(0, 1), st.floats(0.5, 10))
def test_kdcl_follows_its_paper(batch, together, epsilon, temperature):
    q, z_a, z_b = batch
    method = cmdcore.KDCL(together, epsilon, temperature)
    found = at(method, *batch)
    exact_q, exact_a, exact_b = exactly(batch)
    teacher = compared.z_KDCL(exact_q, exact_a, exact_b, together)
    scale = max(1.0, temperature**2)
    for loss, z in ((found.loss_a, exact_a), (found.loss_b, exact_b)):
        expected = compared.L_KDCL(exact_q, z, teacher, epsilon, temperature)
        allowed = scale * tolerance(expected, z_a, z_b)
        deviation.check("L_KDCL", loss, expected, allowed)

    def total_a(z_a, z_b):
        return ops.sum(at(method, q, z_a, z_b).loss_a)

    of_a, of_b = gradients(total_a, z_a, z_b)
    expected = compared.d_L_KDCL(exact_q, exact_a, teacher, epsilon, temperature)
    allowed = 2 * max(1.0, temperature) * (entropy_tolerance(z_a) + entropy_tolerance(z_b))
    deviation.check("dL_KDCL", of_a, expected, allowed)
    assert (of_b == 0).all()


Q = np.eye(3, dtype=np.float32)[[0, 2]]
Z = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], np.float32)
LOG_P = eq.log_p(Z.astype(float))
CE = -LOG_P[[0, 1], [0, 2]]
P_Y = np.exp(-CE)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (cmdcore.GCE(1e-6), CE),
        (cmdcore.GCE(1.0), 1.0 - P_Y),
        (cmdcore.SCE(1.0, 0.0), CE),
        (cmdcore.APL(1.0, 0.0), CE / -LOG_P.sum(axis=1)),
        (cmdcore.APL(0.0, 1.0), -np.log(1e-4) * (1.0 - P_Y)),
        (cmdcore.TfKD(0.0), CE),
        (cmdcore.KDCL("mean", 0.0), CE),
        (cmdcore.ELR(0.0, 0.5), CE),
        # Nothing is ever remembered.
        (cmdcore.ELR(5.0, 1.0), CE),
        (cmdcore.KDCL("min-logit", 1.0), np.zeros(2)),
        (cmdcore.KDCL("mean", 1.0), np.zeros(2)),
    ],
    ids=str,
)
def test_what_they_become(method, expected):
    # Equal peers: the teacher that both are together says what each does.
    found = ops.convert_to_numpy(at(method, Q, Z, Z).loss_a)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_a_hot_virtual_teacher_smooths_labels():
    def of(method):
        return gradients(lambda z: ops.sum(at(method, Q, z, z).loss_a), Z)[0]

    smoothing = cmdcore.CMD(cmdcore.LabelSmoothing(0.3), "zero")
    np.testing.assert_allclose(of(cmdcore.TfKD(0.3, 1e7)), of(smoothing), atol=1e-6)


def test_the_smaller_logit_below_the_given_class_is_the_teachers():
    z_a, z_b = np.array([[2.0, 1.0, 0.0]]), np.array([[0.0, 0.0, -3.0]])
    q = np.array([[1.0, 0.0, 0.0]])
    assert compared.z_KDCL(q, z_a, z_b, "min-logit").tolist() == [[0.0, -1.0, -3.0]]


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_extreme_logits_leave_finite_losses_and_gradients(method):
    z = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], np.float32)

    def total(z_a, z_b):
        return ops.sum(at(method, Q, z_a, z_b).loss_a)

    assert np.isfinite(ops.convert_to_numpy(at(method, Q, z, z[::-1].copy()).loss_a)).all()
    assert all(np.isfinite(g).all() for g in gradients(total, z, z[::-1].copy()))


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_methods_are_written_and_read(method):
    serialised = keras.saving.serialize_keras_object(method)
    assert keras.saving.deserialize_keras_object(serialised) == method


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.GCE(q=0.0), r"q must lie in \(0, 1\], received q=0.0"),
        (lambda: cmdcore.GCE(q=1.1), "received q=1.1"),
        (lambda: cmdcore.SCE(alpha=-1.0), "alpha must be at least 0 and finite"),
        (lambda: cmdcore.APL(beta=float("inf")), "beta must be at least 0 and finite"),
        (lambda: cmdcore.TfKD(temperature=0.0), "temperature must be above 0"),
        (lambda: cmdcore.TfKD(a=0.0), r"a must lie in \(0, 1\]"),
        (lambda: cmdcore.KDCL(together="max"), "together must be one of 'min-logit', 'mean'"),
        (lambda: cmdcore.KDCL(epsilon=float("nan")), "epsilon must lie in"),
        (lambda: cmdcore.ELR(regularization=-1.0), "regularization must be at least 0 and finite"),
        (lambda: cmdcore.ELR(target_momentum=1.5), r"target_momentum must lie in \[0, 1\]"),
    ],
)
def test_constants_out_of_range_are_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()
