import numpy as np
import pytest

from cmd_keras.data.files.table_file import read_table
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return write_and_read


# What is in the file, and in which line each row begins. `cat -n` counts as we do, but for
# a carriage return alone.
PLACES = {
    "plain": ("a,b\n1,2\n3,4\n", [2, 3]),
    "no end of line": ("a,b\n1,2\n3,4", [2, 3]),
    "Windows": ("a,b\r\n1,2\r\n3,4\r\n", [2, 3]),
    "old Macintosh": ("a,b\r1,2\r3,4\r", [2, 3]),
    "CR CR LF": ("a,b\r\r\n1,2\r\r\n3,4\r\r\n", [3, 5]),
    "blank lines": ("a,b\n\n1,2\n\n\n3,4\n", [3, 6]),
    "blank lines first": ("\n\na,b\n1,2\n3,4\n", [4, 5]),
    "lines of blanks": ("a,b\n   \n1,2\n3,4\n", [3, 4]),
    "line breaks in quotes": ('a,b\n"x\ny",2\n3,4\n', [2, 4]),
    "Windows line breaks in quotes": ('a,b\r\n"x\r\n\r\ny",2\r\n3,4\r\n', [2, 5]),
    "line breaks in a name": ('"a\nA",b\n1,2\n3,4\n', [3, 4]),
    "line separators of Unicode": ("a,b\nx\u2028y\x0bz\x85,2\n3,4\n", [2, 3]),
    "sep": ("sep=;\na;b\n1;2\n3;4\n", [3, 4]),
    "sep in quotes": ('"sep=;"\r\na;b\r\n1;2\r\n3;4\r\n', [3, 4]),
    "sep with a mark": ("\ufeffsep=\t\na\tb\n1\t2\n3\t4\n", [3, 4]),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLACES)
def test_each_row_has_the_line_that_it_begins_in(read, kind):
    content, lines = PLACES[kind]
    found = read(content)
    assert found.lines.tolist() == lines
    assert found.cells.shape == (2, 2)
    assert found.cells.iloc[1].tolist() == ["3", "4"]
    assert found.name_rows(np.array([1])) == (f"{found.path} line {lines[1]}",)


DELIMITERS = {
    "a comma in a name": ("size, cm;b\n1;2\n3;4\n", ";", ["size, cm", "b"]),
    "commas in names": ("a,b,c;d\n1;2\n3;4\n", ";", ["a,b,c", "d"]),
    "decimal commas": ("a;b\n1,5;2,5\n3,5;4,5\n", ";", ["a", "b"]),
    "semicolons in cells": ("a,b\n1;2;3,2\n3,4\n", ",", ["a", "b"]),
    "tabs": ("a\tb, c\n1\t2\n3\t4\n", "\t", ["a", "b, c"]),
    "sep against all signs": ("sep=|\na|b,c\n1|2\n3|4\n", "|", ["a", "b,c"]),
}


@pytest.mark.parametrize("kind", DELIMITERS)
def test_what_separates_columns_makes_as_many_cells_as_there_are_names(read, kind):
    content, delimiter, names = DELIMITERS[kind]
    found = read(content)
    assert found.delimiter == delimiter
    assert list(found.cells.columns) == names


def test_separators_at_the_end_make_no_column(read):
    for content in ("a,b,\n1,2,\n3,4,\n", "a,b\n1,2,,\n3,4,\n", "a,b,,\n1,2\n3,4,,\n"):
        found = read(content)
        assert list(found.cells.columns) == ["a", "b"]
        assert found.cells.to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_short_rows_end_in_empty_cells_and_rows_of_separators_are_said(read):
    with pytest.warns(Notice, match="Line 3 of .*t.csv has nothing but empty cells"):
        found = read("a,b,c\n1\n,,\n3,4\n")
    assert found.cells.to_numpy().tolist() == [["1", "", ""], ["3", "4", ""]]
    assert found.lines.tolist() == [2, 4]


def test_cells_lose_blanks_marks_and_spellings_that_cannot_be_seen(read):
    found = read(' gr\u006f\u0308\u00dfe\u200b ,b\n"\u00a0x\u2060 ",2\n')
    assert list(found.cells.columns) == ["gr\u00f6\u00dfe", "b"]
    assert found.cells.iloc[0, 0] == "x"


BROKEN = {
    "a longer row": ("a,b\n1,2\n\n3,4,5\n", "line 4 has 3 cells, but the first line names 2 columns. Put quotes"),
    "a stray quote": ('a,b\n1,"2"3\n', "the row in line 2 cannot be read"),
    "a quote that stays open": ('a,b\n1,2\n3,"4\n5,6\n', r"the row in line 3 cannot be read \(unexpected end"),
    "a quote that swallows rows": ('a,b,c\n1,"2,3\n4,5,6\n7,8,9\n10,x",11\n', "in line 2 a quote opens a cell that swallows the 2 rows below"),
    "NUL": ("a,b\n1,\0\n", "holds binary data"),
    "a name twice": ("a,b,a\n1,2,3\n", "two columns 'a'"),
    "a name missing": ("a,,c\n1,2,3\n", "Column 2 of .* has no name"),
    "names alike but for what cannot be seen": ("a,a\u200b\n1,2\n", "two columns 'a'"),
    "a cell without end": ("a,b\n1," + "x" * 200_000 + "\n", "the row in line 2 cannot be read .*field larger"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_table_is_said_with_its_line(read, kind):
    content, match = BROKEN[kind]
    with pytest.raises(InputError, match=f"(?s){match}"):
        read(content)


def test_a_cell_of_several_lines_is_no_swallowed_row(read):
    found = read('a,b,c\n1,"one, two\nthree\nfour, five",2\n3,"x\n1,2,3",4\n')
    assert found.cells["a"].tolist() == ["1", "3"]
    assert found.lines.tolist() == [2, 5]
