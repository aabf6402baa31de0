import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data.spelling.class_order import order_classes


@pytest.mark.parametrize(
    "names",
    [
        ["-2", "9", "10"],
        ["-1", "+0", "-0", "0", "00", "01", "1", "007", "10"],
        [".5", "1", "1.", "1.50", "2"],
        # Floats can tell neither of these pairs apart.
        ["100000000000000000", "100000000000000001"],
        ["0.1000000000000000055", "0.10000000000000000551"],
        ["9" * 400, "1" + "0" * 400],
        ["1" * 5000, "2" * 5000],
        # One name that is no plain number: all are texts.
        ["1", "10", "9", "cat"],
        ["10", "1e5", "9"],
        ["10", "1_0", "9"],
        ["10", "9", "inf", "nan"],
        ["10", "9", "٤"],
        ["", "10", "9"],
        [" 9", "10"],
        ["dog", "wolf", "ä"],
        [],
    ],
)
def test_numbers_are_ordered_by_value_and_texts_by_text(names):
    shuffled = names.copy()
    random.Random(0).shuffle(shuffled)
    assert order_classes(shuffled) == names


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False).map(lambda d: f"{d:f}")))
def test_no_order_of_the_input_matters_and_values_ascend(names):
    result = order_classes(names)
    assert result == order_classes(reversed(names))
    values = [Fraction(name) for name in result]
    assert values == sorted(values)
    assert sorted(result) == sorted(names)
