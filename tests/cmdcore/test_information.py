import math

import numpy as np
import pytest
from hypothesis import given
from keras import ops

import cmdcore
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import EPS, batches, entropy_tolerance


@given(batches())
def test_cross_entropy_and_entropy_follow_the_reference(batch):
    q, z, _ = batch
    log_p = cmdcore.log_probabilities(z)
    deviation.check(
        "H(q, p)", cmdcore.cross_entropy(q, log_p), eq.cross_H(q, z), entropy_tolerance(z)
    )
    deviation.check("H(p)", cmdcore.entropy(log_p), eq.H(np.exp(eq.log_p(z))), entropy_tolerance(z))
    confidence = cmdcore.confidence(log_p)
    tolerance = entropy_tolerance(z) / math.log(z.shape[1]) + EPS
    deviation.check("l(p)", confidence, eq.l(z), tolerance)


@given(batches())
def test_kl_divergence_follows_the_reference(batch):
    _, z_t, z = batch
    divergence = cmdcore.kl_divergence(cmdcore.log_probabilities(z_t), cmdcore.log_probabilities(z))
    tolerance = entropy_tolerance(z) + entropy_tolerance(z_t)
    deviation.check("D_KL(p_t, p)", divergence, eq.D_KL(z_t, z), tolerance)


def test_zero_times_log_zero_is_zero():
    z = np.array([[0.0, -np.inf, 0.0], [5.0, -np.inf, -np.inf]], np.float32)
    log_p = cmdcore.log_probabilities(z)
    np.testing.assert_allclose(
        ops.convert_to_numpy(cmdcore.entropy(log_p)), [math.log(2), 0.0], rtol=1e-6
    )
    q = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], np.float32)
    ce = ops.convert_to_numpy(cmdcore.cross_entropy(q, log_p))
    np.testing.assert_allclose(ce, [math.log(2), 0.0], rtol=1e-6)
    assert ops.convert_to_numpy(cmdcore.kl_divergence(log_p, log_p)).tolist() == [0.0, 0.0]


def test_ruled_out_classes_leave_the_gradient_finite():
    z = np.array([[0.0, -np.inf, 1.0]], np.float32)

    def total(z):
        log_p = cmdcore.log_probabilities(z)
        return ops.sum(cmdcore.entropy(log_p)) + ops.sum(cmdcore.kl_divergence(log_p, log_p * 1.0))

    (gradient,) = gradients(total, z)
    assert np.isfinite(gradient).all()


def test_certain_predictions_are_exact_where_log_p_plus_1e6_is_not():
    z = np.array([[0.0, 100.0]], np.float32)
    loss = cmdcore.cross_entropy(np.array([[1.0, 0.0]], np.float32), cmdcore.log_probabilities(z))
    assert float(loss[0]) == 100.0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_logits_are_widened(dtype):
    z = np.array([[1.0, 2.0, 3.5]], np.float32)  # exact in both
    log_p = cmdcore.log_probabilities(ops.cast(z, dtype))
    assert "float32" in str(log_p.dtype)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(log_p), ops.convert_to_numpy(cmdcore.log_probabilities(z))
    )


@pytest.mark.parametrize("shift", [-1000.0, 0.0, 1000.0])
def test_adding_a_constant_to_logits_changes_nothing(shift):
    z = np.array([[1.0, 2.0, 4.0]], np.float32)
    moved = ops.convert_to_numpy(cmdcore.entropy(cmdcore.log_probabilities(z + np.float32(shift))))
    np.testing.assert_allclose(
        moved, ops.convert_to_numpy(cmdcore.entropy(cmdcore.log_probabilities(z))), rtol=1e-6
    )


@pytest.mark.parametrize(
    "measure",
    [
        lambda: cmdcore.max_entropy(1),
        lambda: cmdcore.max_entropy(0),
        lambda: cmdcore.certainty(ops.zeros(3), 1),
        lambda: cmdcore.confidence(ops.zeros((3, 1))),
    ],
)
def test_one_class_is_refused(measure):
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes="):
        measure()


def test_uniform_and_certain_predictions_bound_the_confidence():
    z = np.array([[3.0] * 7, [0.0, 200.0] + [0.0] * 5], np.float32)
    confidence = ops.convert_to_numpy(cmdcore.confidence(cmdcore.log_probabilities(z)))
    assert confidence.min() >= 0.0
    np.testing.assert_allclose(confidence, [0.0, 1.0], atol=1e-6)
