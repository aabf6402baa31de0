import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from cmdcore import self_kd
from reference import equations as eq
from reference import gradients as analytic
from tests import deviation
from tests.autodiff import gradients
from tests.batches import EPS, batches, entropy_tolerance
from tests.cmdcore.methods import methods

epochs = st.integers(1, 100)


def trust_tolerance(z, constants):
    """Error of epsilon: that of l(p), and that of g, whose slope is at most b1/4."""
    return entropy_tolerance(z) / np.log(z.shape[1]) + EPS * (4 + abs(constants.get("b1", 0.0)))


@given(batches(), methods(), epochs, st.floats(0, 1))
def test_refined_labels_follow_table_2(batch, method, t, r):
    q, z, _ = batch
    name, constants, object_ = method
    log_p = cmdcore.log_probabilities(z)
    refined = object_.refined_labels(q, log_p, ops.cast(t, "float32") / 100, ops.cast(r, "float32"))
    expected = eq.refined_label(name, q, z, t, 100, r, **constants)
    deviation.check("q~ of table 2", refined, expected, trust_tolerance(z, constants))


@given(batches(), methods(), epochs, st.floats(0, 1))
def test_gradient_of_self_distillation_follows_the_analytic_one(batch, method, t, r):
    q, z, _ = batch
    name, constants, object_ = method

    def loss(z):
        log_p = cmdcore.log_probabilities(z)
        refined = object_.refined_labels(
            q, log_p, ops.cast(t, "float32") / 100, ops.cast(r, "float32")
        )
        return ops.sum(cmdcore.cross_entropy(refined, log_p))

    (gradient,) = gradients(loss, z)
    expected = analytic.d_self_kd(name, q, z, t, 100, r, **constants)
    # epsilon multiplies terms as large as max |log p|.
    tolerance = trust_tolerance(z, constants) * (1 + 2 * np.abs(z).max())
    deviation.check("d H(q~, p) / dz", gradient, expected, tolerance)


@given(batches())
def test_constant_targets_shrink_the_gradient_to_one_minus_epsilon_times_p_minus_q(batch):
    q, z, _ = batch
    method = cmdcore.BootSoft(0.3)

    def loss(z):
        log_p = cmdcore.log_probabilities(z)
        refined = method.refined_labels(q, log_p, 1.0, 0.0)
        return ops.sum(cmdcore.cross_entropy(ops.stop_gradient(refined), log_p))

    (gradient,) = gradients(loss, z)
    p = np.exp(eq.log_p(z))
    deviation.check("d H / dz, constant target", gradient, 0.7 * (p - q), entropy_tolerance(z))


@pytest.mark.parametrize("name", ["ls", "cp", "boot-soft"])
@given(batch=batches())
def test_epsilon_zero_is_cross_entropy(name, batch):
    q, z, _ = batch
    refined = self_kd.SELF_KD[name](0.0).refined_labels(q, cmdcore.log_probabilities(z), 0.5, 0.5)
    np.testing.assert_array_equal(ops.convert_to_numpy(refined), q)


@pytest.mark.parametrize("method", [cmdcore.ProSelfLC(0.0), cmdcore.Mconf(0.0, 0.3)])
@given(batch=batches())
def test_b1_zero_trusts_half_the_confidence(method, batch):
    _, z, _ = batch
    log_p = cmdcore.log_probabilities(z)
    epsilon = ops.convert_to_numpy(method.self_trust(log_p, 0.9, 0.9))
    np.testing.assert_array_equal(epsilon, ops.convert_to_numpy(cmdcore.confidence(log_p)) / 2)


@pytest.mark.parametrize("name", list(self_kd.SELF_KD))
def test_columns_are_values(name):
    method = self_kd.get(name)
    assert method == self_kd.SELF_KD[name]()
    assert (
        keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(method)) == method
    )


@pytest.mark.parametrize(
    "build",
    [
        lambda: cmdcore.LabelSmoothing(1.5),
        lambda: cmdcore.ConfidencePenalty(-0.1),
        lambda: cmdcore.BootSoft(float("nan")),
        lambda: cmdcore.Mconf(rho=2.0),
        lambda: cmdcore.ProSelfLC(b1=float("inf")),
    ],
)
def test_constants_out_of_range_are_refused(build):
    with pytest.raises(ValueError, match=r"must (lie in \[0, 1\]|be a finite number), received"):
        build()


@pytest.mark.parametrize("method", [cmdcore.ProSelfLC(), cmdcore.Mconf()])
def test_one_class_leaves_nothing_to_be_confident_in(method):
    q = log_p = ops.zeros((3, 1))
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        method.self_trust(log_p, 0.5, 0.5)
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        method.refined_labels(q, log_p, 0.5, 0.5)


@pytest.mark.parametrize("wrong", ["mcnf", None, cmdcore.Mconf])
def test_unknown_columns_are_refused(wrong):
    with pytest.raises(ValueError, match="self_kd must be one of 'ce', 'ls'"):
        self_kd.get(wrong)
