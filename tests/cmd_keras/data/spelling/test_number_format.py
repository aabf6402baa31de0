import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.data.spelling.number_format import NumberFormat, find_formats

# Hundredths, so that what is written is what is meant.
AMOUNTS = st.integers(-(10**9), 10**9)
UNITS = st.sampled_from(["", "$", "€", "%"])
GROUPED = str.maketrans(",.", ".,")
WRITTEN = {
    "plain": lambda v: f"{v:.2f}",
    "decimal comma": lambda v: f"{v:,.2f}".translate(GROUPED),
    "commas between thousands": lambda v: f"{v:,.2f}",
    "blanks or apostrophes between thousands": lambda v: f"{v:,.2f}".replace(",", " "),
}


@given(AMOUNTS, UNITS, st.booleans(), st.sampled_from(list(WRITTEN)))
def test_a_number_is_what_was_written(hundredths, unit, in_front, style):
    value = hundredths / 100
    digits = WRITTEN[style](value)
    cell = f"{unit}{digits}" if in_front else f"{digits} {unit}".strip()
    assert NumberFormat(style, unit).parse(cell) == value
    assert NumberFormat(style, unit) in find_formats(cell)
    # With another unit it is none.
    assert NumberFormat(style, "£").parse(cell) is None
    # Two decimal places tell points from commas, so all ways of reading it agree.
    assert {f.parse(cell) for f in find_formats(cell)} == {value}


@given(st.integers(1, 999), st.integers(0, 999))
def test_three_digits_behind_a_sign_can_be_read_in_two_ways(thousands, rest):
    for sign in ",.":
        cell = f"{thousands}{sign}{rest:03d}"
        ways = {thousands + rest / 1000, thousands * 1000 + rest}
        assert {f.parse(cell) for f in find_formats(cell)} == ways


NONE = (
    *(
        "",
        "abc",
        "1.2.3",
        "12-34",
        "1,23,456",
        "0x1F",
        "1_000",
        "\u0663",
        "1 2",
        "--1",
        "(5)",
        "5+",
    ),
    *("1/2", "$", "5 $ €", "1e", "NaN", "1,234,56", "12,34.5", "1..5", ".", ","),
)
UNUSUAL = {
    **{"+5": 5, "\u22123": -3, "- 5": -5, "-$5": -5, "$-5": -5, ".5": 0.5, "5.": 5},
    **{"1e-3": 1e-3, "2E5": 2e5, "007": 7, "inf": float("inf")},
}


@pytest.mark.parametrize("cell", NONE)
def test_what_is_no_number(cell):
    assert find_formats(cell) == []


@pytest.mark.parametrize("cell", UNUSUAL)
def test_numbers_that_are_written_unusually(cell):
    assert find_formats(cell)[0].parse(cell) == UNUSUAL[cell]
