"""Which classes the labels of a table are."""

import pytest

from cmd_keras.data.files.table_file import read_table
from cmd_keras.data.sources.table.labels import number_labels
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


@pytest.fixture
def numbered(tmp_path):
    def write_and_number(rows, header="a,colour,y"):
        (tmp_path / "table.csv").write_text("\n".join([header, *rows]) + "\n")
        return number_labels(read_table(tmp_path / "table.csv"), "y")

    return write_and_number


CLASSES = {
    "zeros in front": (["01", "1", "007"], ("01", "1", "007")),
    "exponents": (["1e5", "100000"], ("100000", "1e5")),
    "eighteen digits": (["123456789012345678", "123456789012345679"], ("123456789012345678", "123456789012345679")),
    "as numbers": (["10", "9", "-2"], ("-2", "9", "10")),
    "one and its opposite": (["1", "-1"], ("-1", "1")),
    "a scale": (["-2", "-1", "0"], ("-2", "-1", "0")),
    "as texts": (["10", "9", "b"], ("10", "9", "b")),
    "decimal places": (["1.0", "2.0"], ("1.0", "2.0")),
    "approved or not": (["+", "-"], ("+", "-")),
    "none, in words": (["none", "scratch"], ("none", "scratch")),
    "combined characters": (["caf\u00e9", "cafe\u0301", "tea"], ("caf\u00e9", "tea")),
    "invisible characters": (["cat", "c\u200bat", "\ufeffcat", "dog\u00a0"], ("cat", "dog")),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_is_the_text_as_it_is_written(numbered, kind):
    texts, names = CLASSES[kind]
    rows = [f"{i * i * 0.5},{'uvw'[i % 3]},{texts[i % len(texts)]}" for i in range(48)]
    found, labels = numbered(rows)
    assert found == names
    written = [texts[i % len(texts)] for i in range(48)]
    given = [names[label] for label in labels]
    if kind not in ("combined characters", "invisible characters"):
        assert given == written


REFUSED_CLASSES = {
    "NA beside numbers": (["1", "2", "NA"], r"is 'NA' in 16 rows.*lines 4, 7.*'Namibia' for 'NA'"),
    "NA beside texts": (["DE", "FR", "NA"], r"is 'NA' in 16 rows"),
    "nan": (["a", "b", "nan"], r"is 'nan' in 16 rows"),
    "<NA> and #N/A": (["a", "b", "<NA>", "#N/A"], r"is '#N/A' and '<NA>' in 24 rows"),
    "a lone minus": (["a", "b", "-"], r"is '-' in 16 rows"),
    "two spellings of a number": (["1", "2", "1.0"], r"'1' \(lines 2, .*'1.0' \(lines 4, .*written in two ways"),
    "not labelled": (["0", "1", "-1"], r"is -1 in 16 rows.*see lines 4, 7"),
    "two spellings of true": (["True", "False", "TRUE"], "'TRUE' .* and 'True'"),
    "fractions": (["1", "1.5"], "holds fractions, as in lines 3"),
    "fractions with a comma": (['"1,5"', "1"], "holds fractions, as in lines 2"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED_CLASSES)
def test_labels_that_are_missing_or_written_in_two_ways_are_refused(numbered, kind):
    texts, match = REFUSED_CLASSES[kind]
    rows = [f"{i * i * 0.5},{'uvw'[i % 3]},{texts[i % len(texts)]}" for i in range(48)]
    with pytest.raises(InputError, match=f"(?s){match}"):
        numbered(rows)


def test_classes_that_differ_in_capital_letters_are_said(numbered):
    rows = [f"{i * i * 0.5},{'uvw'[i % 3]},{['Cat', 'cat', 'dog'][i % 3]}" for i in range(48)]
    with pytest.warns(Notice, match=r"'Cat' \(lines 2, 5.*typing error"):
        names, _ = numbered(rows)
    assert names == ("Cat", "cat", "dog")


def test_classes_that_differ_in_zeros_in_front_are_said(numbered):
    with pytest.warns(Notice, match=r"'01' \(lines 3, .*'1' \(lines 2, .*typing error"):
        assert numbered([f"{i},u,{['1', '01', '2'][i % 3]}" for i in range(48)])[0] == (
            "01",
            "1",
            "2",
        )
