import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from tests import deviation
from tests.autodiff import gradients
from tests.batches import batches, entropy_tolerance

epsilons = st.floats(0, 1)


def tolerance(z_a, z_b):
    return entropy_tolerance(z_a) + entropy_tolerance(z_b)


@given(batches(), epsilons)
def test_t2s_kd_follows_eq_1(batch, epsilon):
    q, z, z_t = batch
    loss = cmdcore.teacher_student_loss(
        q, cmdcore.log_probabilities(z), cmdcore.log_probabilities(z_t), epsilon
    )
    deviation.check("L_T2SKD", loss, eq.L_T2SKD(q, z, z_t, epsilon), tolerance(z, z_t))


@given(batches(), epsilons)
def test_label_form_differs_from_loss_form_by_the_teachers_entropy(batch, epsilon):
    q, z, z_t = batch
    log_p, log_p_t = cmdcore.log_probabilities(z), cmdcore.log_probabilities(z_t)
    labels = cmdcore.teacher_student_labels(q, log_p_t, epsilon)
    deviation.check("q~_T2SKD", labels, eq.q_T2SKD(q, z_t, epsilon), entropy_tolerance(z_t))
    difference = cmdcore.cross_entropy(labels, log_p) - cmdcore.teacher_student_loss(
        q, log_p, log_p_t, epsilon
    )
    expected = epsilon * eq.H(np.exp(eq.log_p(z_t)))
    deviation.check(
        "eq. 4 - eq. 1", difference, expected, 2 * tolerance(z, z_t) * (1 + np.abs(z).max())
    )


@given(batches(), epsilons)
def test_sync_mkd_follows_eq_3(batch, epsilon):
    q, z_a, z_b = batch
    loss_a, loss_b = cmdcore.sync_mkd_losses(
        q, cmdcore.log_probabilities(z_a), cmdcore.log_probabilities(z_b), epsilon
    )
    expected = eq.L_SyncMKD(q, z_a, z_b, epsilon)
    deviation.check("L_SyncMKD", loss_a + loss_b, expected, 2 * tolerance(z_a, z_b))


@given(batches(), epsilons, st.integers(1, 10))
def test_async_mkd_follows_eq_2(batch, epsilon, t):
    q, z_a, z_b = batch
    loss = cmdcore.async_mkd_loss(
        q, cmdcore.log_probabilities(z_a), cmdcore.log_probabilities(z_b), epsilon, t
    )
    expected = eq.L_AsyncMKD(q, z_a, z_b, epsilon, t)
    deviation.check("L_AsyncMKD", loss, expected, tolerance(z_a, z_b))


def test_the_teacher_is_constant():
    q = np.array([[1.0, 0.0]], np.float32)
    z = np.array([[0.5, 2.0]], np.float32)
    z_t = np.array([[1.5, -1.0]], np.float32)

    def loss(z, z_t):
        return ops.sum(
            cmdcore.teacher_student_loss(
                q, cmdcore.log_probabilities(z), cmdcore.log_probabilities(z_t), 0.5
            )
        )

    student, teacher = gradients(loss, z, z_t)
    assert (student != 0).all()
    assert (teacher == 0).all()


Q, LOG_P = np.eye(2, dtype=np.float32)[:1], np.log([[0.5, 0.5]]).astype(np.float32)


@pytest.mark.parametrize("epsilon", [1.5, -0.1, float("nan")])
@pytest.mark.parametrize(
    "use",
    [
        lambda epsilon: cmdcore.teacher_student_loss(Q, LOG_P, LOG_P, epsilon),
        lambda epsilon: cmdcore.teacher_student_labels(Q, LOG_P, epsilon),
        lambda epsilon: cmdcore.sync_mkd_losses(Q, LOG_P, LOG_P, epsilon),
        lambda epsilon: cmdcore.async_mkd_loss(Q, LOG_P, LOG_P, epsilon, 1),
    ],
    ids=["loss", "labels", "sync", "async"],
)
def test_epsilon_out_of_range_is_refused(use, epsilon):
    with pytest.raises(ValueError, match=f"epsilon must lie in .* received epsilon={epsilon}"):
        use(epsilon)
