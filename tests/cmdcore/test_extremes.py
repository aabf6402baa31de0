"""The edges: huge and missing logits, two classes and a hundred thousand, half precision."""

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
from tests.batches import EPS
from tests.cmdcore.methods import methods

CONSTANTS = {"proselflc": {"b1": 6.0}, "mconf": {"b1": 6.0, "rho": 0.5}, "ce": {}}


def everything(method, q, z_a, z_b, chi):
    """L_A, its gradient, and the same from the reference."""
    name, constants, object_ = method

    def refined(z, r):
        log_p = cmdcore.log_probabilities(z)
        return log_p, object_.refined_labels(q, log_p, 0.5, r)

    def loss_a(z_a, z_b):
        (log_p_a, q_a), (log_p_b, q_b) = refined(z_a, 0.6), refined(z_b, 0.4)
        return cmdcore.mutual_losses(q_a, q_b, q_a, q_b, log_p_a, log_p_b, chi).loss_a

    found = ops.convert_to_numpy(loss_a(z_a, z_b))
    d_a, d_b = gradients(lambda a, b: ops.sum(loss_a(a, b)), z_a, z_b)
    q, z_a, z_b = (np.asarray(array, np.float64) for array in (q, z_a, z_b))
    q_a = eq.refined_label(name, q, z_a, 1, 2, 0.6, **constants)
    q_b = eq.refined_label(name, q, z_b, 1, 2, 0.4, **constants)
    d_self = analytic.d_self_kd(name, q, z_a, 1, 2, 0.6, **constants)
    wanted = eq.L_A(q_a, q_b, z_a, z_b, chi)
    d_wanted, _ = analytic.d_L_A(d_self, q_b, z_a, z_b, chi)
    assert (d_b == 0).all()
    return (found, wanted), (d_a, d_wanted)


# A logit of 1e4 is stored to 1e4 eps, and log p inherits that as an absolute
# error; the loss adds two cross entropies of it and multiplies by epsilon errors.
HUGE = 1e4
HUGE_TOLERANCE = 32 * EPS * HUGE


@given(
    methods(),
    st.lists(st.sampled_from([-HUGE, 0.0, HUGE]), min_size=6, max_size=6),
    st.lists(st.sampled_from([-HUGE, 0.0, HUGE]), min_size=6, max_size=6),
    st.sampled_from([0.3, np.inf]),
)
def test_logits_of_ten_thousand(method, z_a, z_b, chi):
    z_a, z_b = (np.array(z, np.float32).reshape(2, 3) for z in (z_a, z_b))
    q = np.eye(3, dtype=np.float32)[:2]
    (found, wanted), (d_found, d_wanted) = everything(method, q, z_a, z_b, chi)
    deviation.check("L_A, logits of 1e4", found, wanted, HUGE_TOLERANCE * (1 + np.abs(wanted)))
    # sigmoid'(b1) <= b1/4 of the rounding of l(p), times |log p| up to 2e4.
    deviation.check("dL_A / dz_A, logits of 1e4", d_found, d_wanted, HUGE_TOLERANCE)


@pytest.mark.parametrize("name", list(self_kd.SELF_KD))
def test_classes_that_are_ruled_out(name):
    constants = CONSTANTS.get(name, {"epsilon": 0.0 if name == "ls" else 0.3})
    method = (name, constants, self_kd.SELF_KD[name](**constants))
    z_a = np.array([[0.5, -np.inf, 1.0, 0.0], [-np.inf, -np.inf, 3.0, 0.0]], np.float32)
    z_b = np.array([[0.0, -np.inf, 1.0, -1.0], [-np.inf, -np.inf, -np.inf, 0.0]], np.float32)
    q = np.eye(4, dtype=np.float32)[[2, 3]]
    (found, wanted), (d_found, d_wanted) = everything(method, q, z_a, z_b, np.inf)
    assert np.isfinite(found).all()
    deviation.check("L_A, logits of -inf", found, wanted, 100 * EPS)
    deviation.check("dL_A / dz_A, logits of -inf", d_found, d_wanted, 100 * EPS)


@pytest.mark.parametrize("num_classes", [2, 100_000])
def test_few_and_many_classes(num_classes):
    rng = np.random.default_rng(0)
    z_a, z_b = rng.normal(0, 3, (2, 3, num_classes)).astype(np.float32)
    q = np.zeros((3, num_classes), np.float32)
    q[np.arange(3), [0, 1, num_classes - 1]] = 1
    method = ("mconf", {"b1": 6.0, "rho": 0.5}, cmdcore.Mconf(6.0, 0.5))
    (found, wanted), (d_found, d_wanted) = everything(method, q, z_a, z_b, np.inf)
    # A sum of C terms in blocks or pairs: log2(C) roundings of a value near 12 nats.
    tolerance = 16 * EPS * 2 * np.log2(num_classes) * 12
    deviation.check(f"L_A, C = {num_classes}", found, wanted, tolerance)
    deviation.check(f"dL_A / dz_A, C = {num_classes}", d_found, d_wanted, tolerance)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_logits_lose_nothing_beyond_their_own_rounding(dtype):
    rng = np.random.default_rng(1)
    z_a, z_b = (ops.cast(z, dtype) for z in rng.normal(0, 3, (2, 4, 5)).astype(np.float32))
    q = np.eye(5, dtype=np.float32)[[0, 1, 2, 3]]
    log_p_a, log_p_b = cmdcore.log_probabilities(z_a), cmdcore.log_probabilities(z_b)
    q_a, q_b = (
        cmdcore.BootSoft(0.3).refined_labels(q, log_p, 0.5, 0.0) for log_p in (log_p_a, log_p_b)
    )
    found = cmdcore.mutual_losses(q_a, q_b, q_a, q_b, log_p_a, log_p_b, 0.9).loss_a
    # The reference starts from the same rounded logits.
    z_a, z_b = (
        np.asarray(ops.convert_to_numpy(ops.cast(z, "float32")), np.float64) for z in (z_a, z_b)
    )
    q_a, q_b = (eq.refined_label("boot-soft", q, z, 1, 2, 0, epsilon=0.3) for z in (z_a, z_b))
    deviation.check(f"L_A, {dtype} logits", found, eq.L_A(q_a, q_b, z_a, z_b, 0.9), 200 * EPS)


def test_a_batch_of_one():
    z = np.array([[1.0, -2.0]], np.float32)
    method = ("proselflc", {"b1": 6.0}, cmdcore.ProSelfLC(6.0))
    (found, wanted), (d_found, d_wanted) = everything(
        method, np.eye(2)[:1].astype("float32"), z, -z, np.inf
    )
    deviation.check("L_A, batch of one", found, wanted, 50 * EPS)
    deviation.check("dL_A / dz_A, batch of one", d_found, d_wanted, 50 * EPS)
