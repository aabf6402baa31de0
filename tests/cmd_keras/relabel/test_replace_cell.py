"""A cell of a row is replaced as Python's `csv` reads it, and every other character stays."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.relabel.replace_cell import replace_cell

TEXTS = st.text("ab \",;\t\n'é", max_size=5)


def read(record, delimiter):
    (cells,) = csv.reader(io.StringIO(record, newline=""), delimiter=delimiter)
    return cells


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@given(data=st.data(), delimiter=st.sampled_from(",;\t"))
def test_a_row_is_read_with_the_new_cell_and_the_others(ending, data, delimiter):
    cells = data.draw(st.lists(st.tuples(TEXTS, st.booleans()), min_size=2, max_size=4))

    def written(text, quoted):
        if quoted or any(c in text for c in f'{delimiter}"\n'):
            return '"' + text.replace('"', '""') + '"'
        return text

    raw = [written(*cell) for cell in cells]
    column, text = data.draw(st.integers(0, len(cells) - 1)), data.draw(TEXTS.filter(bool))
    new = replace_cell(delimiter.join(raw) + ending, column, text, delimiter)
    assert new.endswith(ending)
    assert read(new, delimiter) == [t for t, _ in cells[:column]] + [text] + [
        t for t, _ in cells[column + 1 :]
    ]
    before, after = raw[:column], raw[column + 1 :]
    assert new.startswith("".join(f"{cell}{delimiter}" for cell in before))
    assert new.endswith("".join(f"{delimiter}{cell}" for cell in after) + ending)


@pytest.mark.parametrize(
    ("record", "column", "new"),
    [
        ('"a","b","c"\n', 1, '"a","dog","c"\n'),
        ('"a",b, c\r\n', 1, '"a",dog, c\r\n'),
        ('"says ""no"", and","x"', 1, '"says ""no"", and","dog"'),
        ('5" nail,cat', 1, '5" nail,dog'),
        ('cat,"two\nlines"\n', 0, 'dog,"two\nlines"\n'),
    ],
)
def test_quotes_stay_where_they_were(record, column, new):
    assert replace_cell(record, column, "dog", ",") == new


def test_a_cell_that_is_not_there_is_not_written():
    with pytest.raises(IndexError):
        replace_cell("a,b\n", 2, "dog", ",")
