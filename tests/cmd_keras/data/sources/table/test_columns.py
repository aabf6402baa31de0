"""What each column of a table is taken for."""

import warnings

import numpy as np
import pytest

from cmd_keras.data.files.table_file import read_table
from cmd_keras.data.sources.table.columns import choose_columns
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


@pytest.fixture
def choose(tmp_path):
    def write_and_choose(text, target="y", categorical=()):
        """The columns of a table, the table, and what is said about it."""
        path = tmp_path / "table.csv"
        path.write_text(text)
        file = read_table(path)
        names = [name for name in file.cells.columns if name != target]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            columns = choose_columns(file, names, categorical)
        assert all(issubclass(w.category, Notice) for w in caught)
        return columns, file, "\n".join(str(w.message) for w in caught)

    return write_and_choose


def table(rows, header="a,colour,y"):
    return "\n".join([header, *rows]) + "\n"


# Each a column of 40 cells that names the row it stands in.
IDENTIFYING = {
    "name": [f"Passenger {i}, Mrs." for i in range(40)],
    "ticket": [f"A/{i % 25}" for i in range(40)],
    "number": list(range(40)),
    "number from 1000 down": list(range(1040, 1000, -1)),
    "number with gaps": [i + i // 3 for i in range(40)],
    "number in any order": [(i * 7) % 40 + 1 for i in range(40)],
    "number as written by pandas": [f"{i}.0" for i in range(40)],
    "number in the order of the file": [1000 + i * i for i in range(40)],
    "seconds since 1970": [1_700_000_000 + 60 * i for i in range(40)],
    "day as a number": [20240101 + i % 28 for i in range(40)],
    "postal code": [f"{i * 7919 % 90000:05d}" for i in range(40)],
}
CALLED = {
    "customer_id": [(i * 7919) % 100_003 for i in range(40)],
    "ID": [(i * 104_729) % 1_000_003 for i in range(40)],
}


@pytest.mark.parametrize("kind", IDENTIFYING)
def test_a_column_that_names_the_rows_is_left_out_and_said_so(choose, kind):
    rows = [f'"{cell}",{i * i * 0.5},{i % 2}' for i, cell in enumerate(IDENTIFYING[kind])]
    columns, _, said = choose(table(rows, "who,a,y"))
    assert list(columns.numeric) == ["a"]
    assert columns.categorical == ()
    assert "Column 'who' of" in said
    assert "left out" in said


@pytest.mark.parametrize("name", CALLED)
def test_a_number_that_is_called_a_name_of_the_row_is_left_out(choose, name):
    rows = [f"{cell},{i * i * 0.5},{i % 2}" for i, cell in enumerate(CALLED[name])]
    assert list(choose(table(rows, f"{name},a,y"))[0].numeric) == ["a"]
    # The same numbers may be sizes.
    assert list(choose(table(rows, "size,a,y"))[0].numeric) == ["size", "a"]


def test_postal_codes_that_repeat_are_categories(choose):
    rows = [f"{['01003', '90210', '00501'][i % 3]},{i * 0.5},{i % 2}" for i in range(40)]
    columns, _, said = choose(table(rows, "zip,a,y"))
    assert columns.categorical == ("zip",)
    assert "taken for names, not for numbers, because of zeros in front, as in '01003'" in said
    # A single cell with a zero in front decides nothing.
    rows = [f"{'05' if i == 7 else i % 30},{i * 0.5},{i % 2}" for i in range(40)]
    assert list(choose(table(rows, "age,a,y"))[0].numeric) == ["age", "a"]


@pytest.mark.parametrize("other", ["<0.5", "(123)", "12 kg"])
def test_the_remarks_in_a_column_that_is_mostly_numbers_are_named(choose, other):
    rows = [f"{other if i % 6 == 0 else i * 0.25 + 1},{i * 0.5},{i % 2}" for i in range(60)]
    columns, _, said = choose(table(rows, "size,a,y"))
    assert list(columns.numeric) == ["a"]
    assert (
        f"write them plainly, without words (not as in lines 2, 8, 14, 20, 26, …: {other!r})"
        in said
    )


def test_three_decimals_behind_a_zero_are_no_thousands(choose):
    cells = ["-0,885", "1,234", "0,001", "12,5"]
    rows = [f"{cells[i % 4]};{i * 0.5};{i % 2}" for i in range(40)]
    columns, file, _ = choose(table(rows, "u;v;y"))
    assert columns.numeric["u"].parse_all(file.cells["u"])[:4].tolist() == [
        -0.885,
        1.234,
        0.001,
        12.5,
    ]


# The cells, and whether they are numbers.
DESCRIBING = {
    "half of the texts are different": ([f"c{i // 2}" for i in range(40)], False),
    "a few texts": ([f"c{i % 15}" for i in range(40)], False),
    "numbers with gaps and no order": ([(i * 7) % 40 * 3 for i in range(40)], True),
    "numbers that repeat themselves": ([i % 39 for i in range(40)], True),
    "fractions in order": ([i + 0.5 for i in range(40)], True),
}


@pytest.mark.parametrize("kind", DESCRIBING)
def test_a_column_that_does_not_name_the_rows_is_learned_from(choose, kind):
    cells, are_numbers = DESCRIBING[kind]
    rows = [f"{cell},{i * i * 0.5},{i % 2}" for i, cell in enumerate(cells)]
    learned, _, said = choose(table(rows, "who,a,y"))
    assert said == ""
    assert ("who" in learned.numeric) == are_numbers
    assert ("who" in learned.categorical) == (not are_numbers)


def test_identifying_texts_are_categories_where_the_user_says_so(choose):
    rows = [f"n{i},{i * i * 0.5},{i % 2}" for i in range(40)]
    assert choose(table(rows, "who,a,y"), categorical=["who"])[0].categorical == ("who",)


def test_many_categories_are_no_mistake_where_there_are_many_rows(choose):
    rows = [f"c{i % 1100},{i % 7},{i % 2}" for i in range(3300)]
    assert choose(table(rows, "zip,a,y"))[0].categorical == ("zip",)


@pytest.mark.parametrize(
    "marker", ["#N/A", "-", "<NA>", "#DIV/0!", "NULL", "nan", "n/a", "#VALUE!", "NaT", "?", "--"]
)
def test_a_marker_for_a_missing_number_leaves_a_column_of_numbers(choose, marker):
    rows = [f"{marker if i in (3, 17) else i * i * 0.5},{'uvw'[i % 3]},{i % 2}" for i in range(40)]
    columns, file, said = choose(table(rows))
    assert (list(columns.numeric), columns.categorical) == (["a"], ("colour",))
    assert f"2 of 40 cells hold {marker}, which counts as a missing number" in said
    expected = [np.nan if i in (3, 17) else i * i * 0.5 for i in range(40)]
    np.testing.assert_array_equal(columns.numeric["a"].parse_all(file.cells["a"]), expected)


# How 1000, 1001.5, 1003 … are written; every way must give these numbers.
WRITTEN = {
    "decimal comma": (";", lambda v: f"{v}".replace(".", ",")),
    "decimal comma and points between thousands": (";", lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,"))),
    "decimal comma, tabs": ("\t", lambda v: f"{v}".replace(".", ",")),
    "commas between thousands": (",", lambda v: f'"{v:,.2f}"'),
    "blanks between thousands": (",", lambda v: f"{v:,.2f}".replace(",", " ")),
    "hard blanks between thousands": (",", lambda v: f"{v:,.2f}".replace(",", "\u202f")),
    "Swiss": (",", lambda v: f"{v:,.2f}".replace(",", "'")),
    "$": (",", lambda v: f"${v}"),
    "-€": (",", lambda v: f"{v} €"),
    "%": (",", lambda v: f"{v}%"),
    "$ and thousands": (",", lambda v: f'"$ {v:,.2f}"'),
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_numbers_are_read_as_people_write_them_and_said_so(choose, how):
    separator, written = WRITTEN[how]
    values = [1000 + i * 1.5 for i in range(40)]
    header = separator.join(["a", "b", "y"])

    def lines(cells):
        rows = [[c, "uvw"[i % 3], str(i % 2)] for i, c in enumerate(cells)]
        return table([separator.join(row) for row in rows], header)

    columns, file, said = choose(lines([written(v) for v in values]))
    assert "Column 'a' of" in said
    assert "is read as numbers with" in said
    found = columns.numeric["a"].parse_all(file.cells["a"])
    np.testing.assert_allclose(found, values, rtol=1e-12)


NOT_NUMBERS = {
    "one text": (["abc"], r"'a' .* must hold numbers.*see line 42 \('abc'\).*categorical=\['a'\]"),
    "two units": (["$5"], "must hold numbers.*line 42"),
    "a range": (["3-4", "5+"], r"see lines 42, 43"),
    "a decimal comma in a column of points": (['"3,25"'], r"line 42 \('3,25'\)"),
    "a fraction": (["1/2"], "line 42"),
    "hexadecimal": (["0x1F"], "line 42"),
    "an underscore": (["1_000"], "line 42"),
    "other digits": (["٣"], "line 42"),
}


@pytest.mark.parametrize("kind", NOT_NUMBERS)
def test_what_is_no_number_in_a_column_of_numbers_is_named(choose, kind):
    cells, match = NOT_NUMBERS[kind]
    rows = [f"{i * 1.5},{'uvw'[i % 3]},{i % 2}" for i in range(40)]
    rows += [f"{cell},u,1" for cell in cells]
    with pytest.raises(InputError, match=match):
        choose(table(rows))
    # They are categories if the user says so.
    assert choose(table(rows), categorical=["a"])[0].categorical == ("a", "colour")


def test_a_column_of_texts_may_hold_a_few_numbers(choose):
    rows = [f"{i * i * 0.5},{5 if i % 5 == 0 else 'uvw'[i % 3]},{i % 2}" for i in range(40)]
    assert choose(table(rows))[0].categorical == ("colour",)


@pytest.mark.parametrize(
    ("separator", "cells", "other"),
    [
        (";", ["1,234", "999"], "x"),
        (",", ['"1,234"', "999"], "x"),
        # Elsewhere in the file there are decimal commas.
        (";", ["1.234", "12.345"], "3,25"),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_refused(choose, separator, cells, other):
    rows = [
        separator.join([cells[i % 2], other if i % 2 else "7", str(i // 2 % 2)]) for i in range(40)
    ]
    with pytest.raises(InputError, match=r"can be read in two ways: '1.234' .*line"):
        choose(table(rows, separator.join("aby")))


@pytest.mark.parametrize(
    "written",
    ["2020-01-{:02d}", "{}.1.2020", "1/{}/20", "2020-01-{:02d}T10:00:00Z", "2020/1/{} 7:30 PM"],
)
def test_dates_are_left_out_and_said_so(choose, written):
    rows = [f"{written.format(i % 5 + 1)},{i * i * 0.5},{i % 2}" for i in range(40)]
    columns, _, said = choose(table(rows, "when,a,y"))
    assert (list(columns.numeric), columns.categorical) == (["a"], ())
    assert "Column 'when' of" in said
    assert "holds dates and is left out" in said
    assert choose(table(rows, "when,a,y"), categorical=["when"])[0].categorical == ("when",)


# Cells of one column, and what is made of them: refused, said, or read without a word.
POINTED = {
    "thousands of a program": (
        ["850", "1.200", "7.685", "70", "200"],
        "'1.200' .* as '[0-9]+' has none",
    ),
    "below 0": (["850", "-1.200", "-7.685", "70", "200"], "'-1.200' .* as '[0-9]+' has none"),
    "what stands in for the unknown": (["999", "99", "10.570", "1.234"], None),
    "eighths": (["4", "2.125", "3.375"], None),
    "0 beside three decimals": (["0", "-1", "1.200", "7.685"], None),
    "a 0 in front": (["0.500", "850", "1.200"], ""),
    "a point everywhere": (["1.200", "7.685", "850.000"], ""),
    "four digits without a point": (["8500", "1.200", "7.685"], ""),
    "other decimals": (["850", "1.2", "7.680"], ""),
    "an exponent": (["1e3", "1.200", "7.685"], ""),
}


@pytest.mark.parametrize("kind", POINTED)
def test_points_between_thousands_are_no_decimals(choose, kind):
    cells, expected = POINTED[kind]
    text = table(
        [f"{cells[i * i % 11 % len(cells)]};{i * 0.5};{i % 2}" for i in range(40)], "u;v;y"
    )
    if expected:
        with pytest.raises(InputError, match=f"'u' .* can be read in two ways: .*{expected}"):
            choose(text)
        assert choose(text, categorical=["u"])[0].categorical == ("u",)
        return
    columns, file, said = choose(text)
    assert columns.numeric["u"].is_plain
    assert np.isin(columns.numeric["u"].parse_all(file.cells["u"]), [float(c) for c in cells]).all()
    assert ("'u' of" in said and "read with a point for decimals" in said) == (expected is None)
