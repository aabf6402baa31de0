"""Methods that select examples, and what they become."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from cmdcore.methods import small_loss
from cmdcore.methods.averaging import counted_in
from cmdcore.methods.s2e import BOXES
from reference import equations as eq
from reference import selection
from tests import deviation
from tests.autodiff import gradients
from tests.batches import entropy_tolerance

PLUS_FROM = 0.1


def moment(t, gamma=20):
    return cmdcore.Moment(t=t, gamma=gamma, certainty_a=0.0, certainty_b=0.0)


def at(method, q, z_a, z_b, now):
    return method.losses(q, *map(cmdcore.log_probabilities, (z_a, z_b)), now)


def are_apart(values, allowed):
    """Whether float32 ranks these numbers as float64 does."""
    return np.diff(np.sort(values)).min(initial=np.inf) > 2 * allowed


@st.composite
def selections(draw):
    """A batch in which no two losses of a peer, and no two logits, are nearly equal; a moment.

    Of numbers that Hypothesis draws one by one many are equal: here it draws how, and a seed.
    """
    # Few shapes: JAX compiles each.
    n, num_classes = draw(st.sampled_from([1, 3, 7])), draw(st.sampled_from([2, 5]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = draw(st.sampled_from([0.5, 2.0, 6.0])) * rng.normal(size=(2, n, num_classes))
    z_a, z_b = logits.astype(np.float32)
    q = np.eye(num_classes)[rng.integers(0, num_classes, n)]
    if draw(st.booleans()):
        q = 0.75 * q + 0.25 * rng.dirichlet(np.ones(num_classes), n)
    q = q.astype(np.float32)
    exact = [np.asarray(array, np.float64) for array in (q, z_a, z_b)]
    for z in exact[1:]:
        assume(are_apart(eq.cross_H(exact[0], z), entropy_tolerance(z)))
        assume(all(are_apart(row, 1e-6) for row in z))
    constants = {
        "rate": draw(st.integers(0, 19)) / 20,
        "warmup": draw(st.sampled_from([0.05, 0.2, 0.5, 1.0])),
        "exponent": draw(st.sampled_from([0.5, 1.0, 2.0])),
    }
    return (q, z_a, z_b), exact, constants, draw(st.integers(1, 20))


def share_of(constants, t):
    return 1.0 - selection.R(t, 20, constants["rate"], constants["warmup"], constants["exponent"])


def check_selected(name, method, batch, exact, chosen, t):
    """Losses, shares and gradients of what each peer is to learn from."""
    q, z_a, z_b = batch
    found = at(method, *batch, moment(t))
    assert set(found.measured) == set(method.measures)
    for peer, loss, z, of_peer in (
        ("a", found.loss_a, exact[1], chosen[0]),
        ("b", found.loss_b, exact[2], chosen[1]),
    ):
        kept = ops.convert_to_numpy(found.measured[f"kept_{peer}"])
        assert kept.tolist() == of_peer.astype(float).tolist()
        expected = selection.L_selected(exact[0], z, of_peer)
        allowed = len(z) * (1 + np.abs(expected).max()) * entropy_tolerance(z)
        deviation.check(f"L_{name}", loss, expected, allowed)

    def total_a(z_a, z_b):
        return ops.sum(at(method, q, z_a, z_b, moment(t)).loss_a)

    of_a, of_b = gradients(total_a, z_a, z_b)
    expected = selection.d_L_selected(exact[0], exact[1], chosen[0])
    deviation.check(f"dL_{name}", of_a, expected, 4 * len(z_a) * entropy_tolerance(z_a))
    assert (of_b == 0).all()


@given(selections())
def test_each_peer_learns_what_the_other_finds_easy(drawn):
    batch, exact, constants, t = drawn
    chosen = selection.co_teaching(*exact, share_of(constants, t))
    check_selected("CoTeaching", cmdcore.CoTeaching(**constants), batch, exact, chosen, t)


@given(selections())
def test_each_peer_learns_what_it_finds_easy(drawn):
    batch, exact, constants, t = drawn
    chosen = selection.small_loss(*exact, share_of(constants, t))
    check_selected("SmallLoss", cmdcore.SmallLoss(**constants), batch, exact, chosen, t)


@given(selections())
def test_disagreement_is_looked_at_after_a_while(drawn):
    batch, exact, constants, t = drawn
    method = cmdcore.CoTeachingPlus(**constants, disagreement_from=PLUS_FROM)
    rule = selection.co_teaching if t / 20 <= PLUS_FROM else selection.co_teaching_plus
    chosen = rule(*exact, share_of(constants, t))
    check_selected("CoTeachingPlus", method, batch, exact, chosen, t)


@st.composite
def schedules(draw):
    """The twelve constants of S2E: of their boxes' ends and of what lies between."""
    boxes = [BOXES.get(field.name, (0.0, 1.0)) for field in dataclasses.fields(cmdcore.S2E)]
    return [low + (high - low) * draw(st.integers(0, 64)) / 64 for low, high in boxes]


@given(schedules())
def test_s2e_forgets_as_its_schedule_says(constants):
    method = cmdcore.S2E(*constants)
    for t in (1, 10, 19, 20):
        found = method.forgotten(moment(t).progress("float32"))
        expected = selection.R_S2E(t, 20, constants)
        deviation.check("R_S2E", found, expected, 1e-5)


@given(selections(), schedules())
def test_what_s2e_does_not_forget_is_learned_as_by_co_teaching(drawn, constants):
    batch, exact, _, t = drawn
    share = 1.0 - selection.R_S2E(t, 20, constants)
    # Float32 cannot tell on which side of a whole number of examples a share lies.
    assume(abs(share * len(batch[0]) - round(share * len(batch[0]))) > 1e-3 or share == 1.0)
    chosen = selection.co_teaching(*exact, share)
    check_selected("S2E", cmdcore.S2E(*constants), batch, exact, chosen, t)


@pytest.mark.parametrize(
    ("constants", "expected"),
    [
        ({"a": 0.0, "b": 0.0, "rho": 0.0}, 0.0),  # nothing rises
        ({"a": 1.0, "lambda": 0.0}, 0.0),
        ({"a": 1.0, "lambda": 1.0, "kappa": 1.0}, 0.99),  # at most
        ({"a": 1.0, "lambda": 1.0, "kappa": 0.0}, 1 - np.exp(-1)),
        ({"a": 0.0, "b": 1.0, "omega": 1.0, "nu": 1.0}, 1 - 1 / 101),
        ({"a": 0.0, "b": 1.0, "omega": 0.04, "nu": 0.5}, 1 - 5**-0.5),
        ({"a": 0.0, "b": 0.0, "mu": 1.0, "rho": 0.02}, 0.5),
        ({"a": 1.0, "lambda": 1.0, "kappa": 1.0, "c": 1.0, "e": 2.0}, 0.75),
        ({"a": 1.0, "lambda": 1.0, "kappa": 1.0, "d": 0.5, "g": 0.0}, 0.5),
        ({"a": 0.5, "lambda": 1.0, "kappa": 1.0, "c": 1.0, "d": 1.0}, 0.0),  # at least
    ],
)
def test_what_the_parts_of_the_schedule_say_halfway(constants, expected):
    given = {f"forget_{name}": value for name, value in constants.items()}
    method = cmdcore.S2E(**{"forget_c": 0.0, "forget_d": 0.0, **given})
    found = float(method.forgotten(ops.convert_to_tensor(0.5, "float32")))
    assert found == pytest.approx(min(expected, 0.99), abs=1e-6)


@given(
    selections(),
    st.sampled_from([None, 0.25, 0.75, 1.0]),
    st.sampled_from([0.0, 0.5, 0.9]),
    st.sampled_from([(), (0.5,), (2.0, 0.25)]),
)
def test_mentornet_follows_its_curriculum(drawn, percentile, d, earlier):
    (q, z_a, z_b), (exact_q, exact_a, exact_b), constants, t = drawn
    method = cmdcore.MentorNet(constants["rate"], percentile, percentile_momentum=d)
    p = 1.0 - constants["rate"] if percentile is None else percentile
    # B was twice as wrong.
    earlier = {"a": earlier, "b": [2.0 * value for value in earlier]}

    def of_batch(z_a, z_b):
        means = []
        for peer in "ab":
            mean = ops.zeros(2)
            for value in earlier[peer]:
                mean = counted_in(mean, ops.array(value), d)
            means.append(mean)
        log_p = map(cmdcore.log_probabilities, (z_a, z_b))
        return method.losses_and_means(q, *log_p, moment(t), ops.stack(means))

    found, means = of_batch(z_a, z_b)
    assert set(found.measured) == set(method.measures)
    v = {}
    for place, (peer, z) in enumerate((("a", exact_a), ("b", exact_b))):
        ce = eq.cross_H(exact_q, z)
        m = selection.m_MentorNet([*earlier[peer], selection.percentile_MentorNet(ce, p)], d)
        allowed = entropy_tolerance(z)
        deviation.check("m of MentorNet", means[place][0], m, 2 * allowed)
        # Of a batch that alone counts m is one of the losses, to the last bit.
        assume(np.abs(ce - m).min() > 2 * allowed or d == 0.0 or not earlier[peer])
        v[peer] = selection.v_MentorNet(ce, t / 20, m)
        kept = ops.convert_to_numpy(found.measured[f"kept_{peer}"])
        loss = (found.loss_a, found.loss_b)[place]
        deviation.check("v of MentorNet", kept, v[peer], 4 * allowed)
        deviation.check("L_MentorNet", loss, v[peer] * ce, (1 + 4 * ce.max()) * allowed)

    of_a, of_b = gradients(lambda z_a, z_b: ops.sum(of_batch(z_a, z_b)[0].loss_b), z_a, z_b)
    # The weights are constants.
    expected = v["b"][:, None] * (np.exp(eq.log_p(exact_b)) - exact_q)
    deviation.check("dL_MentorNet", of_b, expected, 8 * entropy_tolerance(z_b))
    assert (of_a == 0).all()


def test_without_momentum_each_batch_has_its_own_percentile():
    method = cmdcore.MentorNet(0.5, percentile_momentum=0.0)
    log_p = cmdcore.log_probabilities(Z)
    before = ops.full((2, 2), 100.0)
    found, means = method.losses_and_means(Q, log_p, log_p, moment(17), before)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found.loss_a), CE * [1, 0, 1, 0], rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(ops.convert_to_numpy(means[0]), [CE[2], 1.0], rtol=1e-4)


@pytest.mark.parametrize("t", [1, 10, 20])
def test_of_no_example_and_of_no_number_the_mean_stays_what_it_was(t):
    method, before = cmdcore.MentorNet(0.5), np.float32([[1.5, 0.75], [0.25, 0.5]])
    for q, z in ((Q[:0], Z[:0]), (Q, np.full_like(Z, np.inf))):
        log_p = cmdcore.log_probabilities(z)
        _, means = method.losses_and_means(q, log_p, log_p, moment(t), ops.array(before))
        np.testing.assert_array_equal(ops.convert_to_numpy(means), before)


Q = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
Z = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [0.2, 1.0, 0.1], [4.0, 0.0, 0.3]], np.float32)
CE = eq.cross_H(Q, Z)  # about 0.50, 4.07, 0.62 and 4.04: the second and the fourth are wrong


@pytest.mark.parametrize(
    ("method", "t", "expected"),
    [
        (cmdcore.CoTeaching(0.0), 20, CE),
        (cmdcore.SmallLoss(0.0), 20, CE),
        (cmdcore.CoTeaching(0.5), 20, CE * [2, 0, 2, 0]),
        (cmdcore.CoTeaching(0.99), 20, CE * [4, 0, 0, 0]),  # one is always learned from
        # Half of warmup: a quarter is left out, and with a square a sixteenth of 4 is none.
        (cmdcore.CoTeaching(0.5, warmup=0.1), 1, CE * [4 / 3, 0, 4 / 3, 4 / 3]),
        (cmdcore.CoTeaching(0.5, 0.1, exponent=4.0), 1, CE * [4 / 3, 0, 4 / 3, 4 / 3]),
        (cmdcore.CoTeaching(0.5, 0.1, exponent=0.0), 1, CE * [2, 0, 2, 0]),
        (cmdcore.CoTeachingPlus(0.5, disagreement_from=0.5), 10, CE * [2, 0, 2, 0]),
        # Equal peers disagree about nothing.
        (cmdcore.CoTeachingPlus(0.5, disagreement_from=0.5), 11, CE),
        (cmdcore.MentorNet(0.5), 3, CE),
        (cmdcore.MentorNet(0.5), 17, CE * [1, 0, 1, 0]),
        (cmdcore.MentorNet(0.5, percentile=0.75), 17, CE * [1, 0, 1, 1]),
        (cmdcore.MentorNet(0.25), 18, CE * [1, 1 - (CE[1] - CE[3]), 1, 1]),
        (cmdcore.MentorNet(0.0), 20, CE),
    ],
    ids=str,
)
def test_what_equal_peers_learn(method, t, expected):
    found = ops.convert_to_numpy(at(method, Q, Z, Z, moment(t)).loss_a)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_of_what_they_disagree_about_the_easier_half_is_learned():
    other = Z[:, [1, 0, 2]]  # about all but the first they say other classes, and find other easy
    other[0] = Z[0]
    found = at(cmdcore.CoTeachingPlus(0.4), Q, Z, other, moment(20))
    kept = [ops.convert_to_numpy(found.measured[f"kept_{p}"]).tolist() for p in "ab"]
    assert kept == [[0, 0, 0, 1], [0, 0, 1, 0]], "one of three, by the other peer"
    found = at(cmdcore.CoTeachingPlus(0.8), Q, Z, other, moment(20))
    kept = [ops.convert_to_numpy(found.measured[f"kept_{p}"]).tolist() for p in "ab"]
    assert kept == [[0, 1, 1, 1]] * 2, "of three a fifth is none: then all"


@pytest.mark.parametrize("gamma", [20, 20 * 7])  # epochs, and steps of which an epoch has 7
def test_what_is_forgotten_rises_with_either_clock(gamma):
    def rate_at(share):
        progress = moment(round(share * gamma), gamma).progress("float32")
        return float(small_loss.forget_rate(progress, 0.4, 0.5, 1.0))

    rates = [rate_at(share) for share in (0.05, 0.25, 0.5, 1.0)]
    assert rates == pytest.approx([0.04, 0.2, 0.4, 0.4])


@pytest.mark.parametrize("size", [1, 3, 7, 10, 26, 128, 1000])
def test_a_share_is_as_many_in_float32(size):
    for percent in range(100):
        share = 1.0 - ops.convert_to_tensor(percent / 100, "float32")
        assert float(small_loss.kept(share, float(size))) == size * (100 - percent) // 100


@pytest.mark.parametrize(
    "method",
    [cmdcore.CoTeaching(0.5), cmdcore.CoTeachingPlus(0.5), cmdcore.MentorNet(0.5)],
    ids=str,
)
def test_a_label_out_of_range_is_not_left_out(method):
    q = Q.copy()
    q[1] = np.nan
    losses = at(method, q, Z, Z[:, [1, 0, 2]].copy(), moment(17))
    for loss in (losses.loss_a, losses.loss_b):
        assert np.isnan(ops.convert_to_numpy(loss)[1])


@pytest.mark.parametrize("t", [1, 10, 20])
@pytest.mark.parametrize(
    "method",
    [cmdcore.CoTeaching(0.5), cmdcore.CoTeachingPlus(0.5), cmdcore.MentorNet(0.5)],
    ids=str,
)
def test_a_replica_may_have_no_example(method, t):
    losses = at(method, Q[:0], Z[:0], Z[:0], moment(t))
    for loss in (losses.loss_a, losses.loss_b):
        assert ops.convert_to_numpy(loss).shape == (0,)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: cmdcore.CoTeaching(rate=1.0), r"rate must lie in \[0, 1\), received rate=1.0"),
        (lambda: cmdcore.CoTeaching(0.4, warmup=0.0), r"warmup must lie in \(0, 1\]"),
        (lambda: cmdcore.CoTeaching(0.4, exponent=-1.0), "exponent must be at least 0"),
        (lambda: cmdcore.CoTeachingPlus(rate=-0.1), "received rate=-0.1"),
        (lambda: cmdcore.CoTeachingPlus(0.4, disagreement_from=2.0), "disagreement_from must lie"),
        (lambda: cmdcore.MentorNet(rate=float("nan")), "received rate=nan"),
        (lambda: cmdcore.MentorNet(0.4, percentile=0.0), r"percentile must lie in \(0, 1\]"),
        (
            lambda: cmdcore.S2E(forget_a=1.1),
            r"forget_a must lie in \[0, 1\], received forget_a=1.1",
        ),
        (lambda: cmdcore.S2E(forget_g=2.5), r"forget_g must lie in \[0, 2\]"),
        (lambda: cmdcore.S2E(forget_mu=0.0), r"forget_mu must lie in \[0.001, 1\]"),
        (
            lambda: cmdcore.methods.get("co-teaching"),
            r"method='co-teaching' needs rate\. Give .* CoTeaching\(rate=\.\.\.\)",
        ),
    ],
)
def test_constants_out_of_range_are_refused(use, said):
    with pytest.raises(ValueError, match=said):
        use()
