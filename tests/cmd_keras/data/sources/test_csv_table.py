import json

import keras
import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice


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


ROWS = [
    f"{i * i * 0.5},{['red', 'green', 'blue'][i % 3]},{'yes' if i % 2 else 'no'}" for i in range(30)
]


def test_numbers_are_normalised_by_the_training_rows_and_texts_one_hot(load):
    dataset = load(table(ROWS))
    train, test = vectors(dataset)
    assert (len(train) + len(test), dataset.class_names) == (30, ("no", "yes"))
    # FeatureSpace sorts by name: categories (3, and one for what is unknown), then numbers.
    assert train.shape == (len(dataset.train_index), 5)
    assert set(train[:, :4].sum(axis=1)) == {1.0}
    held_out = np.ones(30, bool)
    held_out[dataset.train_index] = False
    a = np.arange(30.0) ** 2 / 2
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
        separator.join([str(i * i * 0.5), f'"r{separator}{i % 2}"', f" class {i % 2}"])
        for i in range(12)
    ]
    dataset = load(table(rows, header), encoding="utf-8-sig")
    assert dataset.class_names == ("class 0", "class 1")
    assert dataset.input_format.categorical == ("the colour",)
    assert list(dataset.input_format.numeric) == ["a"]


def test_integer_classes_are_sorted_as_numbers(load):
    dataset = load(table([f"{i * i * 0.5},x{i % 2},{[10, 9, 2][i % 3]}.0" for i in range(12)]))
    assert dataset.class_names == ("2.0", "9.0", "10.0")


def test_columns_can_be_made_categories_or_ignored(load):
    rows = [f"{i % 4},{i * 0.5},name {i},{i % 2}" for i in range(40)]
    text = table(rows, "zip,size,name,y")
    dataset = load(text, categorical=("zip",), ignore=("name",))
    assert dataset.input_format.categorical == ("zip",)
    assert list(dataset.input_format.numeric) == ["size"]
    assert dataset.input_shape == (6,)


def test_a_column_that_never_varies_does_no_harm(load):
    rows = [f"{i * i * 0.5},0.1,always,,1e300,{i % 2}" for i in range(20)]
    said = "4 columns of .* are left out: 'b', 'd', 'e', 'c' never vary in the training rows"
    with pytest.warns(Notice, match=said):
        dataset = load(table(rows, "a,b,c,d,e,y"))
    assert dataset.input_shape == (1,)
    assert list(dataset.input_format.numeric) == ["a"]


def test_names_of_columns_and_categories_may_be_anything(load):
    rows = [f"{i * i * 0.5},{['[UNK]', 'missing', '', '=x'][i % 4]},{i % 2}" for i in range(40)]
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


def test_a_column_that_is_the_target_in_other_words_is_said(load):
    rows = [f"{i * i * 0.5},{['n', 'y'][i % 2]},{['no', 'yes'][i % 2]}" for i in range(40)]
    with pytest.warns(Notice, match="Column 'copy' of .* says the same as the target 'y'"):
        load(table(rows, "a,copy,y"))


def milliseconds(i):
    return 1_700_000_000_000 + i * 7919 % 100_003


# Columns that float32 holds with few of their levels, or not at all.
BEYOND = {
    "milliseconds since 1970": milliseconds,
    "seconds of an hour": lambda i: 1_700_000_000 + i * 7919 % 3607,
    "large": lambda i: (i * 7919 % 1009 - 300) * 1e22,
    "as large as can be": lambda i: (i * 7919 % 1009 - 300) * 1.7e300,
    "small": lambda i: (i * 7919 % 1009 - 300) * 1e-41,
}


@pytest.mark.parametrize("kind", BEYOND)
def test_a_column_beyond_float32_keeps_its_levels(load, tmp_path, kind):
    numbers = np.array([float(BEYOND[kind](i)) for i in range(400)])
    rows = [f"{'' if i == 7 else v},{i * i * 0.5},{i % 2}" for i, v in enumerate(numbers.tolist())]
    dataset = load(table(rows, "t,a,y"))
    index = dataset.train_index
    numbers[7] = numbers[index[index != 7]].mean()
    parts = (numbers[index] / np.abs(numbers).max(), vectors(dataset)[0][:, 0])
    expected, found = ((x - x.mean()) / x.std() for x in parts)
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert len(np.unique(found)) == len(np.unique(expected))
    np.testing.assert_allclose(vectors(dataset)[0].std(axis=0), 1.0, rtol=0.01)
    # New rows, and those of a format that was saved, are the same inputs.
    fmt = data.InputFormat.from_json(json.loads(json.dumps(dataset.input_format.to_json())))
    assert (fmt, list(fmt.scales)) == (dataset.input_format, ["t"])
    _, again = fmt.read([tmp_path / "table.csv"], dataset.feature_space)
    np.testing.assert_array_equal(again[index], vectors(dataset)[0])


USUAL = {
    "years": lambda i: 1990 + i % 31,
    "latitudes": lambda i: 52.5 + (i * 7919 % 1009) * 1e-5,
    "seconds of a year": lambda i: 1_700_000_000 + i * 7919 % 1009 * 31_000,
    "incomes and a very large one": lambda i: 1e9 if i == 5 else i * 7919 % 1009,
    "thousandths": lambda i: (i * 7919 % 1009) * 1e-9,
}


@pytest.mark.parametrize("kind", USUAL)
def test_all_other_columns_are_what_they_were(load, kind):
    rows = [f"{USUAL[kind](i)!r},{i * i * 0.5},{i % 2}" for i in range(400)]
    dataset = load(table(rows, "t,a,y"))
    assert list(dataset.input_format.numeric) == ["t", "a"]
    assert dataset.input_format.scales == {}


def test_what_differs_by_the_rounding_of_a_sum_does_not_vary(load):
    rows = [f"{[0.3, 0.1 + 0.2][i % 2]!r},{i * i * 0.5},{i % 2}" for i in range(40)]
    with pytest.warns(Notice, match="1 column of .* is left out: 't' never varies"):
        assert list(load(table(rows, "t,a,y")).input_format.numeric) == ["a"]


def test_infinity_is_named_with_its_line(load):
    rows = [f"{'inf' if i == 3 else i * i * 1e30},{i % 7},{i % 2}" for i in range(40)]
    with pytest.raises(InputError, match=r"'t' of .* holds infinity, or .* see line 5"):
        load(table(rows, "t,a,y"))
