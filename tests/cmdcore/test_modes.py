import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

import cmdcore
from cmdcore import modes
from reference import equations as eq
from tests import deviation
from tests.batches import EPS

PROGRESS = np.arange(1, 11, dtype=np.float32) / 10


def chi(mode, num_classes=10):
    return ops.convert_to_numpy(mode.threshold(ops.convert_to_tensor(PROGRESS), num_classes))


@given(
    st.sampled_from(["zero", "all", "static", "progressive"]), st.floats(0.5, 8), st.floats(-9, 9)
)
def test_each_mode_follows_the_reference(name, eta, b2):
    constants = {"static": {"eta": eta}, "progressive": {"eta": eta, "b2": b2}}.get(name, {})
    mode = modes.MODES[name](**constants)
    for t, value in enumerate(chi(mode), start=1):
        expected = eq.chi_of_mode(name, t, 10, 10, **constants)
        deviation.check("chi of a mode", value, expected, math.log(10) / eta * EPS * (4 + abs(b2)))


@given(st.floats(0.1, 10))
def test_progressive_with_b2_zero_is_static(eta):
    np.testing.assert_array_equal(chi(cmdcore.Progressive(eta, 0.0)), chi(cmdcore.Static(eta)))


@given(st.floats(0.1, 10), st.floats(-9, 9))
def test_progressive_is_a_point_of_the_generic_form(eta, b2):
    np.testing.assert_array_equal(
        chi(cmdcore.Selection(eta, b2)), chi(cmdcore.Progressive(eta, b2))
    )


@pytest.mark.parametrize("eta", [math.inf, -0.5, -100.0])
def test_infinite_and_negative_eta_select_nothing(eta):
    assert (chi(cmdcore.Static(eta)) <= 0).all()
    assert (chi(cmdcore.Progressive(eta, -5.0)) <= 0).all()


def test_all_selects_an_exactly_uniform_prediction_where_eta_one_does_not():
    entropy = cmdcore.entropy(cmdcore.log_probabilities(np.zeros((1, 4), np.float32)))
    everything = cmdcore.All().threshold(ops.convert_to_tensor(1.0), 4)
    eta_one = cmdcore.Static(1.0).threshold(ops.convert_to_tensor(1.0), 4)
    assert bool(cmdcore.is_confident(entropy, everything)[0])
    assert not bool(cmdcore.is_confident(entropy, eta_one)[0])


def test_zero_selects_not_even_a_certain_prediction():
    entropy = cmdcore.entropy(cmdcore.log_probabilities(np.array([[0.0, 500.0]], np.float32)))
    nothing = cmdcore.Zero().threshold(ops.convert_to_tensor(1.0), 2)
    assert float(entropy[0]) == 0.0
    assert not bool(cmdcore.is_confident(entropy, nothing)[0])


@pytest.mark.parametrize(
    "mode",
    [
        cmdcore.Zero(),
        cmdcore.All(),
        cmdcore.Static(3.0),
        cmdcore.Progressive(4.0, -7.0),
        cmdcore.Selection(-1.0, 2.0),
    ],
)
def test_modes_are_values(mode):
    assert type(mode).from_config(mode.get_config()) == mode
    serialised = keras.saving.serialize_keras_object(mode)
    assert keras.saving.deserialize_keras_object(serialised) == mode
    assert modes.get(mode) is mode


def test_a_mode_must_say_its_threshold():
    class Silent(cmdcore.Mode):
        pass

    with pytest.raises(TypeError, match="threshold"):
        Silent()


@pytest.mark.parametrize("name", list(modes.MODES))
def test_modes_are_found_by_name(name):
    assert modes.get(name) == modes.MODES[name]()


class Lookalike:
    """Answers like a mode, but is no value that a `.keras` file can hold."""

    def threshold(self, progress, num_classes):
        return progress * 0.0


@pytest.mark.parametrize("wrong", ["progresive", None, 3, cmdcore.Zero, Lookalike()])
def test_unknown_modes_are_refused(wrong):
    with pytest.raises(ValueError, match="mode must be one of 'zero', 'all', 'static'"):
        modes.get(wrong)


@pytest.mark.parametrize("eta", [0.0, math.nan])
@pytest.mark.parametrize(
    "build",
    [
        cmdcore.Static,
        cmdcore.Progressive,
        lambda eta: cmdcore.Selection(eta, 1.0),
        lambda eta: cmdcore.Static.from_config({"eta": eta}),
    ],
)
def test_eta_that_nothing_can_be_divided_by_is_refused(build, eta):
    with pytest.raises(ValueError, match=f"eta divides .* cannot be {eta}"):
        build(eta)


@pytest.mark.parametrize("b2", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("mode", [cmdcore.Progressive, cmdcore.Selection])
def test_b2_that_is_not_finite_is_refused(mode, b2):
    with pytest.raises(ValueError, match=f"b2 must be a finite number, received b2={b2}"):
        mode(2.0, b2)


@pytest.mark.parametrize(
    "mode",
    [
        cmdcore.Zero(),
        cmdcore.All(),
        cmdcore.Static(),
        cmdcore.Progressive(),
        cmdcore.Selection(2.0, 1.0),
    ],
)
def test_one_class_has_no_threshold(mode):
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        chi(mode, num_classes=1)


@pytest.mark.parametrize(
    ("mode", "config"),
    [(cmdcore.Static, {"eta": 2.0, "b2": 1.0}), (cmdcore.Selection, {"b2": 1.0})],
)
def test_fields_too_many_or_too_few_are_refused(mode, config):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'b2'|missing .* 'eta'"):
        mode.from_config(config)
