"""A table of the user's: one example a row, one column of labels."""

from collections.abc import Sequence

import keras
import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data import identity
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files.column_scale import find_scale, varies
from cmd_keras.data.files.table_file import TableFile, read_table
from cmd_keras.data.files.table_header import canonicalize_cells
from cmd_keras.data.files.table_vectors import (
    adapt_space,
    build_columns,
    encode_rows,
    unify_spelling,
)
from cmd_keras.data.input_format import TableFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.sources.known import TEST_SPLIT, source_of
from cmd_keras.data.sources.table.columns import TableColumns, choose_columns
from cmd_keras.data.sources.table.labels import number_labels
from cmd_keras.data.sources.table.row_parts import (
    Identify,
    RowParts,
    say_called_parts,
    say_parts_unused,
)
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError
from cmd_keras.listed import listed
from cmd_keras.notice import notice


def load(
    path: str,
    *,
    target: str,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    parts: str | None = None,
    test_split: float = TEST_SPLIT,
) -> Dataset:
    """The data set in a CSV table.

    A column of numbers is normalised; a missing number counts as the mean of the training
    rows. Any other column is one-hot; an empty cell is a category of its own. Left out are
    columns that never vary and those that tell rows apart instead of describing them:
    running numbers, dates, texts of which more than half are different, and what says which part
    a row is of. Mean, variance
    and categories are those of the training rows alone, which include a validation
    share held out later.

    Args:
        path: The file: UTF-8, separated by commas, semicolons or tabs, names of
            the columns in the first line.
        target: The column of labels: texts or integers.
        categorical: Columns that hold categories, whatever is written there.
        ignore: Columns to leave out.
        parts: The column that says of each row whether it is to be trained or tested with, as
            `RowParts.said` understands it.
        test_split: Without it, part of the rows held out for testing: the same ones in every
            run, and as mislabelled as the rest. A row is known by its cells, without the
            label: where a label is corrected, or rows are added, all others stay.

    Raises:
        InputError: if the table cannot be read, or a column cannot be used.
    """
    target = canonicalize(target)
    categorical, ignore = map(canonicalize_cells, (categorical, ignore))
    own = [target] if parts is None else [target, parts := canonicalize(parts)]
    file = _read(path, [*own, *categorical, *ignore])
    class_names, labels = number_labels(file, target)
    identify = _identify_rows(file, own)
    rows = RowParts.of(file, parts, np.arange(len(labels)), identify, labels, test_split)
    names = file.cells.columns.drop([*own, *ignore])
    names = names.drop(say_parts_unused(file, names.drop(list(categorical))))
    chosen = choose_columns(file, names, categorical)
    used = (*chosen.numeric, *chosen.categorical)
    say_called_parts(file, used)
    for name in used:
        _say_if_it_is_the_target(file, name, target)
    train, test, validation = rows.train, rows.test, rows.validation
    training = np.isin(np.arange(len(labels)), train)
    x, space, input_format = _vectors(file, chosen, training, target)
    return Dataset(
        name=f"csv:{path}",
        class_names=class_names,
        train=ArrayInputs(x[train]),
        test=ArrayInputs(x[test]),
        given_labels=labels[train],
        clean_labels=labels[train],
        test_labels=labels[test],
        augmentation=Augmentation(),
        **rows.own_validation(ArrayInputs(x[validation]) if len(validation) else None, labels),
        train_index=train,
        train_names=file.name_rows(train),
        test_index=test,
        test_names=file.name_rows(test),
        train_keys=rows.train_keys,
        test_keys=rows.test_keys,
        feature_space=space,
        input_format=input_format,
    )


def cells_by_row(name: str) -> dict[str, dict[str, str]]:
    """For each row of a table, by the name that its example has, what is written in it.

    Args:
        name: Of the data set, `csv:FILE`.

    Raises:
        InputError: if the table cannot be read.
    """
    file = read_table(source_of(name)[1])
    names = file.name_rows(np.arange(len(file.cells)))
    return dict(zip(names, file.cells.to_dict("records"), strict=True))


def _read(path: str, named: Sequence[str]) -> TableFile:
    """A table that has these columns, and another one at least."""
    file = read_table(path)
    names = file.cells.columns
    if len(names) < 2:
        raise InputError(
            f"{path} has the single column {names[0]!r}. Separate columns by commas, semicolons "
            "or tabs."
        )
    file.check_columns(named)
    if len(file.cells) < 2:
        raise InputError(
            f"{path} has {counted(len(file.cells), 'row')} of data; at least 2 are needed."
        )
    return file


def _identify_rows(file: TableFile, own: list[str]) -> Identify:
    features = file.cells.drop(columns=own)
    # By name, so that columns may change places.
    rows = features[sorted(features.columns)].to_numpy()
    return lambda part: identity.identify_texts(map(unify_spelling, row) for row in rows[part])


def _say_if_it_is_the_target(file: TableFile, name: str, target: str) -> None:
    pairs = set(zip(file.cells[name], file.cells[target], strict=True))
    if len(pairs) == file.cells[name].nunique() == file.cells[target].nunique():
        notice(
            f"Column {name!r} of {file.path} says the same as the target {target!r} in every row. "
            f"If it is made of it, leave it out: ignore=[{name!r}]."
        )


def _vectors(
    file: TableFile, chosen: TableColumns, training: np.ndarray, target: str
) -> tuple[np.ndarray, keras.utils.FeatureSpace, TableFormat]:
    """Every row as a vector, `[n, features]`, and how the training rows say that it is made."""
    means, scales = {}, {}
    for name, style in chosen.numeric.items():
        numbers = style.parse_all(file.cells[name])[training]
        if varies(numbers):
            means[name] = float(numbers[~np.isnan(numbers)].mean())
            if (scale := find_scale(numbers)) is not None:
                scales[name] = scale
    categories = tuple(n for n in chosen.categorical if file.cells[n][training].nunique() > 1)
    if not means and not categories:
        raise InputError(
            f"{file.path} has no column but {target!r} that varies: nothing to learn from."
        )
    used = {*means, *categories}
    _say_constants(file, [n for n in (*chosen.numeric, *chosen.categorical) if n not in used])
    formats = {name: chosen.numeric[name] for name in means}
    columns = build_columns(file, means, formats, scales, categories)
    space = adapt_space({name: x[training] for name, x in columns.items()})
    x = encode_rows(columns, space)
    return x, space, TableFormat.of_columns(x.shape[1:], means, formats, scales, categories)


def _say_constants(file: TableFile, names: list[str]) -> None:
    if names:
        several = len(names) > 1
        notice(
            f"{counted(len(names), 'column')} of {file.path} {'are' if several else 'is'} left "
            f"out: {listed(names, 10)} never {'vary' if several else 'varies'} in the training "
            "rows."
        )
