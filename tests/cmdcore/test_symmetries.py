"""What the method must not care about: the order of classes, of samples, and the origin of logits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from reference import equations as eq
from tests.batches import EPS, batches, entropy_tolerance
from tests.cmdcore.methods import methods
from tests.cmdcore.test_objectives import losses
from tests.cmdcore.test_self_kd import trust_tolerance

CHI = 0.61803  # no entropy of an example lands on it


def numbers(found):
    return {
        name: ops.convert_to_numpy(getattr(found, name)).astype(np.float64)
        for name in ("loss_a", "loss_b", "entropy_a", "entropy_b")
    }


def compute(batch, method):
    return numbers(losses(batch, method[2], 0.3, 0.8, CHI, "refined")(*batch[1:]))


def near_threshold(*logits):
    return any(np.abs(eq.H(np.exp(eq.log_p(z))) - CHI).min() < entropy_tolerance(z) for z in logits)


def agreement(batch, method):
    """How far two float32 evaluations of the same losses may lie apart."""
    z_max = max(np.abs(z).max() for z in batch[1:])
    worst = max(trust_tolerance(z, method[1]) for z in batch[1:])
    return 4 * worst * (1 + 2 * z_max)


@given(batches(), methods(), st.randoms(use_true_random=False))
def test_permuting_samples_permutes_the_losses(batch, method, random):
    order = list(range(len(batch[0])))
    random.shuffle(order)
    if near_threshold(*batch[1:]):
        return
    one, other = compute(batch, method), compute([array[order] for array in batch], method)
    # Not bit for bit: vectorised exp and log round the tail of an array differently.
    for name in one:
        np.testing.assert_allclose(one[name][order], other[name], atol=agreement(batch, method))


@given(batches(), methods(), st.randoms(use_true_random=False))
def test_permuting_classes_changes_nothing(batch, method, random):
    order = list(range(batch[0].shape[1]))
    random.shuffle(order)
    if near_threshold(*batch[1:]):
        return
    one, other = compute(batch, method), compute([array[:, order] for array in batch], method)
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=agreement(batch, method))


@given(batches(), methods(), st.integers(-512, 512))
def test_adding_a_constant_to_logits_changes_nothing(batch, method, shift):
    q, z_a, z_b = batch
    # Quarters between -20 and 20 plus a whole number are exact in float32.
    z_a, z_b = (np.round(z * 4) / 4 for z in (z_a, z_b))
    one = compute((q, z_a, z_b), method)
    other = compute((q, z_a + np.float32(shift), z_b - np.float32(shift)), method)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@given(batches(), st.floats(0, 1))
def test_all_with_one_hot_targets_is_the_closed_form(batch, epsilon):
    """(2 - 2 eps) H(q, p_A) + eps H(p_A) + eps H(p_B, p_A) for Boot-soft under mode all."""
    q, z_a, z_b = batch
    method = cmdcore.BootSoft(epsilon)
    found = losses(batch, method, 0.0, 0.0, np.inf, "refined")(z_a, z_b).loss_a
    z_a, z_b = z_a.astype(np.float64), z_b.astype(np.float64)
    p_a, p_b = np.exp(eq.log_p(z_a)), np.exp(eq.log_p(z_b))
    wanted = (
        (2 - 2 * epsilon) * eq.cross_H(q, z_a)
        + epsilon * eq.H(p_a)
        + epsilon * eq.cross_H(p_b, z_a)
    )
    tolerance = 4 * entropy_tolerance(z_a) + 8 * EPS * np.abs(wanted)
    assert (np.abs(ops.convert_to_numpy(found) - wanted) <= tolerance).all()


@given(batches(), methods())
def test_static_with_eta_below_one_is_all_up_to_uniform_predictions(batch, method):
    _, z_a, z_b = batch
    num_classes = z_a.shape[1]
    static = float(cmdcore.Static(0.9).threshold(ops.convert_to_tensor(0.5), num_classes))
    one = numbers(losses(batch, method[2], 0.3, 0.8, static, "refined")(z_a, z_b))
    everything = numbers(losses(batch, method[2], 0.3, 0.8, np.inf, "refined")(z_a, z_b))
    for name in one:
        np.testing.assert_array_equal(one[name], everything[name])


@given(batches(), methods(), st.sampled_from([np.inf, -0.1, -7.0]))
def test_infinite_and_negative_eta_are_zero_bit_for_bit(batch, method, eta):
    _, z_a, z_b = batch
    chi = float(cmdcore.Static(float(eta)).threshold(ops.convert_to_tensor(0.5), z_a.shape[1]))
    one = numbers(losses(batch, method[2], 0.3, 0.8, chi, "refined")(z_a, z_b))
    nothing = numbers(losses(batch, method[2], 0.3, 0.8, 0.0, "refined")(z_a, z_b))
    alone = cmdcore.cross_entropy(
        method[2].refined_labels(batch[0], cmdcore.log_probabilities(z_a), 0.3, 0.3),
        cmdcore.log_probabilities(z_a),
    )
    np.testing.assert_array_equal(one["loss_a"], ops.convert_to_numpy(alone))
    for name in one:
        np.testing.assert_array_equal(one[name], nothing[name])


@given(st.floats(0.1, 10), st.floats(-1e4, 1e4), st.integers(0, 100))
def test_thresholds_of_mirrored_times_add_up_to_twice_the_middle(eta, b2, percent):
    t = percent / 100
    now, mirrored = (
        float(cmdcore.threshold(ops.convert_to_tensor(x), eta, b2, 10)) for x in (t, 1 - t)
    )
    middle = np.log(10) / eta
    assert abs(now + mirrored - 2 * middle) <= middle * EPS * (8 + abs(b2))
