import keras
import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.notice import Notice
from cmd_keras.errors import InputError


@pytest.fixture
def load(tmp_path):
    def write_and_load(text, target="y", encoding="utf-8", **kwargs):
        (tmp_path / "table.csv").write_text(text, encoding=encoding)
        return data.load(f"csv:{tmp_path / 'table.csv'}", target=target, **kwargs)

    return write_and_load


def table(rows, header="a,colour,y"):
    return "\n".join([header, *rows]) + "\n"


def vectors(dataset):
    parts = (dataset.plain_train_batches(), dataset.test_batches().map(lambda x, y: x))
    return [np.concatenate(list(p.as_numpy_iterator())) for p in parts]


ROWS = [f"{i * i},{['red', 'green', 'blue'][i % 3]},{'yes' if i % 2 else 'no'}" for i in range(30)]


def test_numbers_are_normalised_by_the_training_rows_and_texts_one_hot(load):
    dataset = load(table(ROWS))
    train, test = vectors(dataset)
    assert (len(train) + len(test), dataset.class_names) == (30, ("no", "yes"))
    # FeatureSpace sorts by name: categories (3, and one for what is unknown), then numbers.
    assert train.shape == (len(dataset.train_index), 5)
    assert set(train[:, :4].sum(axis=1)) == {1.0}
    held_out = np.ones(30, bool)
    held_out[dataset.train_index] = False
    a = np.arange(30.0) ** 2
    mean, deviation = a[~held_out].mean(), a[~held_out].std()
    assert dataset.input_format.numeric == {"a": mean}
    np.testing.assert_allclose(train[:, 4], (a[~held_out] - mean) / deviation, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(test[:, 4], (a[held_out] - mean) / deviation, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(dataset.test_labels, np.arange(30)[held_out] % 2)


def test_a_missing_number_is_the_mean_and_a_missing_text_a_category(load):
    rows = [*ROWS, "NA,,yes", ",,no", "?,,yes", ",,no", ",,yes", ",,no"] * 2
    dataset = load(table(rows), test_split=0.1)
    train, test = vectors(dataset)
    together = np.concatenate([train, test])
    assert together.shape == (72, 6)
    no_colour = together[:, :5][abs(together[:, 5]) < 1e-5]
    assert len(no_colour) == 12
    assert len(np.unique(no_colour, axis=0)) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_quotes_and_byte_order_marks(load, separator):
    header = separator.join(["a", '"the colour"', "y"])
    rows = [
        separator.join([str(i * i), f'"r{separator}{i % 2}"', f" class {i % 2}"]) for i in range(12)
    ]
    dataset = load(table(rows, header), encoding="utf-8-sig")
    assert dataset.class_names == ("class 0", "class 1")
    assert dataset.input_format.categorical == ("the colour",)
    assert list(dataset.input_format.numeric) == ["a"]


def test_integer_classes_are_sorted_as_numbers(load):
    dataset = load(table([f"{i * i},x{i % 2},{[10, 9, 2][i % 3]}.0" for i in range(12)]))
    assert dataset.class_names == ("2.0", "9.0", "10.0")


def test_columns_can_be_made_categories_or_ignored(load):
    rows = [f"{i % 4},{i * 0.5},name {i},{i % 2}" for i in range(40)]
    text = table(rows, "zip,size,name,y")
    dataset = load(text, categorical=("zip",), ignore=("name",))
    assert dataset.input_format.categorical == ("zip",)
    assert list(dataset.input_format.numeric) == ["size"]
    assert dataset.input_shape == (6,)


def test_a_column_that_never_varies_does_no_harm(load):
    rows = [f"{i * i},0.1,always,,1e300,{i % 2}" for i in range(20)]
    dataset = load(table(rows, "a,b,c,d,e,y"))
    assert dataset.input_shape == (1,)
    assert list(dataset.input_format.numeric) == ["a"]


def test_names_of_columns_and_categories_may_be_anything(load):
    rows = [f"{i * i},{['[UNK]', 'missing', '', '=x'][i % 4]},{i % 2}" for i in range(40)]
    dataset = load(table(rows, "a/b %,größe ü,y"))
    assert dataset.input_shape == (1 + 4 + 1,)
    train, _ = vectors(dataset)
    assert len(np.unique(train[:, :5], axis=0)) == 4


def test_a_saved_feature_space_encodes_as_before(load, tmp_path):
    dataset = load(table(ROWS))
    dataset.feature_space.save(tmp_path / "space.keras")
    loaded = keras.models.load_model(tmp_path / "space.keras")
    fmt, path = dataset.input_format, tmp_path / "table.csv"
    np.testing.assert_array_equal(
        fmt.read([path], loaded)[1], fmt.read([path], dataset.feature_space)[1]
    )


def test_a_class_with_a_single_row_is_trained_on(load):
    dataset = load(table([*ROWS, "3,red,maybe"]))
    assert dataset.class_names == ("maybe", "no", "yes")
    assert 0 in dataset.given_labels
    assert 0 not in dataset.test_labels


def notes(load, text, **kwargs):
    """The data set, and what is said about it."""
    with pytest.warns(Notice) as caught:
        dataset = load(text, **kwargs)
    return dataset, "\n".join(str(w.message) for w in caught)


# Each a column of 40 cells that names the row it stands in.
IDENTIFYING = {
    "name": [f"Passenger {i}, Mrs." for i in range(40)],
    "ticket": [f"A/{i % 25}" for i in range(40)],
    "number": list(range(40)),
    "number from 1000 down": list(range(1040, 1000, -1)),
    "number with gaps": [i + i // 3 for i in range(40)],
    "number in any order": [(i * 7) % 40 + 1 for i in range(40)],
    "number as written by pandas": [f"{i}.0" for i in range(40)],
}


@pytest.mark.parametrize("kind", IDENTIFYING)
def test_a_column_that_names_the_rows_is_left_out_and_said_so(load, kind):
    rows = [f'"{cell}",{i * i},{i % 2}' for i, cell in enumerate(IDENTIFYING[kind])]
    dataset, said = notes(load, table(rows, "who,a,y"))
    assert list(dataset.input_format.numeric) == ["a"]
    assert dataset.input_format.categorical == ()
    assert dataset.input_shape == (1,)
    assert "Column 'who' of" in said
    assert "left out" in said


# The cells, and whether they are numbers.
DESCRIBING = {
    "half of the texts are different": ([f"c{i // 2}" for i in range(40)], False),
    "a few texts": ([f"c{i % 15}" for i in range(40)], False),
    "numbers with gaps and no order": ([(i * 7) % 40 * 3 for i in range(40)], True),
    "numbers that repeat themselves": ([i % 39 for i in range(40)], True),
    "fractions in order": ([i + 0.5 for i in range(40)], True),
}


@pytest.mark.parametrize("kind", DESCRIBING)
def test_a_column_that_does_not_name_the_rows_is_learned_from(load, kind):
    cells, are_numbers = DESCRIBING[kind]
    rows = [f"{cell},{i * i},{i % 2}" for i, cell in enumerate(cells)]
    learned = load(table(rows, "who,a,y")).input_format
    assert ("who" in learned.numeric) == are_numbers
    assert ("who" in learned.categorical) == (not are_numbers)


def test_identifying_texts_are_categories_where_the_user_says_so(load):
    rows = [f"n{i},{i * i},{i % 2}" for i in range(40)]
    assert load(table(rows, "who,a,y"), categorical=["who"]).input_format.categorical == ("who",)


def test_many_categories_are_no_mistake_where_there_are_many_rows(load):
    rows = [f"c{i % 1100},{i % 7},{i % 2}" for i in range(3300)]
    dataset = load(table(rows, "zip,a,y"))
    assert dataset.input_format.categorical == ("zip",)
    assert dataset.input_shape[0] > 1000


@pytest.mark.parametrize(
    "marker", ["#N/A", "-", "<NA>", "#DIV/0!", "NULL", "nan", "n/a", "#VALUE!", "NaT", "?", "--"]
)
def test_a_marker_for_a_missing_number_leaves_a_column_of_numbers(load, marker):
    rows = [f"{marker if i in (3, 17) else i * i},{'uvw'[i % 3]},{i % 2}" for i in range(40)]
    dataset, said = notes(load, table(rows))
    assert list(dataset.input_format.numeric) == ["a"]
    assert dataset.input_shape == (1 + 4,)
    assert f"2 of 40 cells hold {marker}, which counts as a missing number" in said
    known = [i * i for i in dataset.train_index if i not in (3, 17)]
    assert dataset.input_format.numeric["a"] == pytest.approx(np.mean(known))


# How 0, 1.5, 3 … are written; every way must give the inputs of the plain one.
WRITTEN = {
    "decimal comma": (";", lambda v: f"{v}".replace(".", ",")),
    "decimal comma and points between thousands": (";", lambda v: f"{v + 1000:,.2f}".translate(str.maketrans(",.", ".,"))),
    "decimal comma, tabs": ("\t", lambda v: f"{v}".replace(".", ",")),
    "commas between thousands": (",", lambda v: f'"{v + 1000:,.2f}"'),
    "blanks between thousands": (",", lambda v: f"{v + 1000:,.2f}".replace(",", " ")),
    "hard blanks between thousands": (",", lambda v: f"{v + 1000:,.2f}".replace(",", "\u202f")),
    "Swiss": (",", lambda v: f"{v + 1000:,.2f}".replace(",", "'")),
    "$": (",", lambda v: f"${v}"),
    "-€": (",", lambda v: f"{v} €"),
    "%": (",", lambda v: f"{v}%"),
    "$ and thousands": (",", lambda v: f'"$ {v + 1000:,.2f}"'),
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_numbers_are_read_as_people_write_them_and_said_so(load, how):
    separator, written = WRITTEN[how]
    values = [i * 1.5 for i in range(40)]
    header = separator.join(["a", "b", "y"])

    def lines(cells):
        rows = [[c, "uvw"[i % 3], str(i % 2)] for i, c in enumerate(cells)]
        return table([separator.join(row) for row in rows], header)

    dataset, said = notes(load, lines([written(v) for v in values]))
    assert "Column 'a' of" in said
    assert "is read as numbers with" in said
    train, _ = vectors(dataset)
    assert train.shape[1] == 5
    expected = np.array(values)[dataset.train_index]
    expected = (expected - expected.mean()) / expected.std()
    np.testing.assert_allclose(train[:, -1], expected, rtol=1e-4, atol=1e-4)


NOT_NUMBERS = {
    "one text": (["abc"], r"'a' .* must hold numbers.*see line 42 \('abc'\).*--categorical 'a'"),
    "two units": (["$5"], "must hold numbers.*line 42"),
    "a range": (["3-4", "5+"], r"see lines 42, 43"),
    "a decimal comma in a column of points": (['"3,25"'], r"line 42 \('3,25'\)"),
    "a fraction": (["1/2"], "line 42"),
    "hexadecimal": (["0x1F"], "line 42"),
    "an underscore": (["1_000"], "line 42"),
    "other digits": (["٣"], "line 42"),
}


@pytest.mark.parametrize("kind", NOT_NUMBERS)
def test_what_is_no_number_in_a_column_of_numbers_is_named(load, kind):
    cells, match = NOT_NUMBERS[kind]
    rows = [f"{i * 1.5},{'uvw'[i % 3]},{i % 2}" for i in range(40)]
    rows += [f"{cell},u,1" for cell in cells]
    with pytest.raises(InputError, match=match):
        load(table(rows))
    # They are categories if the user says so.
    assert load(table(rows), categorical=["a"]).input_format.categorical == ("a", "colour")


def test_a_column_of_texts_may_hold_a_few_numbers(load):
    rows = [f"{i * i},{5 if i % 5 == 0 else 'uvw'[i % 3]},{i % 2}" for i in range(40)]
    assert load(table(rows)).input_format.categorical == ("colour",)


@pytest.mark.parametrize(
    ("separator", "cells", "other"),
    [
        (";", ["1,234", "999"], "x"),
        (",", ['"1,234"', "999"], "x"),
        # Elsewhere in the file there are decimal commas.
        (";", ["1.234", "12.345"], "3,25"),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_refused(load, separator, cells, other):
    rows = [
        separator.join([cells[i % 2], other if i % 2 else "7", str(i // 2 % 2)]) for i in range(40)
    ]
    with pytest.raises(InputError, match=r"can be read in two ways: '1.234' .*line"):
        load(table(rows, separator.join("aby")))


@pytest.mark.parametrize(
    "written",
    ["2020-01-{:02d}", "{}.1.2020", "1/{}/20", "2020-01-{:02d}T10:00:00Z", "2020/1/{} 7:30 PM"],
)
def test_dates_are_left_out_and_said_so(load, written):
    rows = [f"{written.format(i % 5 + 1)},{i * i},{i % 2}" for i in range(40)]
    dataset, said = notes(load, table(rows, "when,a,y"))
    assert list(dataset.input_format.numeric) == ["a"]
    assert dataset.input_format.categorical == ()
    assert "Column 'when' of" in said
    assert "holds dates and is left out" in said
    assert load(table(rows, "when,a,y"), categorical=["when"]).input_format.categorical == ("when",)


CLASSES = {
    "zeros in front": (["01", "1", "007"], ("01", "1", "007")),
    "exponents": (["1e5", "100000"], ("100000", "1e5")),
    "eighteen digits": (["123456789012345678", "123456789012345679"], ("123456789012345678", "123456789012345679")),
    "as numbers": (["10", "9", "-2"], ("-2", "9", "10")),
    "as texts": (["10", "9", "b"], ("10", "9", "b")),
    "decimal places": (["1.0", "2.0"], ("1.0", "2.0")),
    "approved or not": (["+", "-"], ("+", "-")),
    "none, in words": (["none", "scratch"], ("none", "scratch")),
    "combined characters": (["caf\u00e9", "cafe\u0301", "tea"], ("caf\u00e9", "tea")),
    "invisible characters": (["cat", "c\u200bat", "\ufeffcat", "dog\u00a0"], ("cat", "dog")),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_is_the_text_as_it_is_written(load, kind):
    texts, names = CLASSES[kind]
    # Shifted by one in every round, so that the classes do not hang on the other columns.
    rows = [f"{i * i},{'uvw'[i % 3]},{texts[i % len(texts)]}" for i in range(48)]
    dataset = load(table(rows))
    assert dataset.class_names == names
    written = [texts[i % len(texts)] for i in dataset.train_index]
    given = [names[label] for label in dataset.given_labels]
    if kind not in ("combined characters", "invisible characters"):
        assert given == written


REFUSED_CLASSES = {
    "NA beside numbers": (["1", "2", "NA"], r"is 'NA' in 16 rows.*lines 4, 7.*'Namibia' for 'NA'"),
    "NA beside texts": (["DE", "FR", "NA"], r"is 'NA' in 16 rows"),
    "nan": (["a", "b", "nan"], r"is 'nan' in 16 rows"),
    "<NA> and #N/A": (["a", "b", "<NA>", "#N/A"], r"is '#N/A' and '<NA>' in 24 rows"),
    "a lone minus": (["a", "b", "-"], r"is '-' in 16 rows"),
    "two spellings of a number": (["1", "2", "1.0"], r"'1' \(lines 2, .*'1.0' \(lines 4, .*written in two ways"),
    "two spellings of true": (["True", "False", "TRUE"], "'TRUE' .* and 'True'"),
    "fractions": (["1", "1.5"], "holds fractions, as in lines 3"),
    "fractions with a comma": (['"1,5"', "1"], "holds fractions, as in lines 2"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED_CLASSES)
def test_labels_that_are_missing_or_written_in_two_ways_are_refused(load, kind):
    texts, match = REFUSED_CLASSES[kind]
    rows = [f"{i * i},{'uvw'[i % 3]},{texts[i % len(texts)]}" for i in range(48)]
    with pytest.raises(InputError, match=f"(?s){match}"):
        load(table(rows))


def test_classes_that_differ_in_capital_letters_are_said(load):
    rows = [f"{i * i},{'uvw'[i % 3]},{['Cat', 'cat', 'dog'][i % 3]}" for i in range(48)]
    dataset, said = notes(load, table(rows))
    assert dataset.class_names == ("Cat", "cat", "dog")
    assert "'Cat' (lines 2, 5" in said
    assert "typing error" in said


def test_suspects_are_named_by_the_line_that_they_begin_in(load):
    cells = ["1,u,0", "", "2,u,1", '3,"u\nu\nu",0', "4,u,1", "  ", '5,"u', 'u",0', "6,v,1"]
    lines = {1: 2, 2: 4, 3: 5, 4: 8, 5: 10, 6: 12}
    for end in ("\n", "\r\n"):
        dataset = load(
            end.join(["a,colour,y", *(c.replace("\n", end) for c in cells)]) + end, test_split=0.01
        )
        named = [int(name.rpartition(" ")[2]) for name in dataset.train_names]
        values = [list(lines)[i] for i in dataset.train_index]
        assert named == [lines[v] for v in values]
        assert len(named) == 5
