"""A table of the user's: one example a row, one column of labels."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cmd_keras.data import split, table
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import TableFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.errors import InputError

# A column of texts with more different values holds names or remarks.
_MOST_CATEGORIES = 1000


def load(
    path: str,
    target: str,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    test_split: float = 0.2,
) -> Dataset:
    """The data set in a CSV table.

    A column of which every cell is a number is normalised; a missing number counts
    as the mean of the training rows. Any other column is one-hot; an empty cell is
    a category of its own. A column that never varies is left out. Mean, variance
    and categories are those of the training rows alone, which include a validation
    share held out later.

    Args:
        path: The file: UTF-8, separated by commas, semicolons or tabs, names of
            the columns in the first line.
        target: The column of labels: texts or integers.
        categorical: Columns of numbers that stand for categories.
        ignore: Columns to leave out.
        test_split: Part of the rows held out for testing: the same ones in every
            run, and as mislabelled as the rest.

    Raises:
        InputError: if the table cannot be read, or a column cannot be used.
    """
    cells = table.read(path)
    if len(cells.columns) < 2:
        raise InputError(
            f"{path} has the single column {cells.columns[0]!r}. Separate columns by commas, "
            "semicolons or tabs."
        )
    table.check_columns([target, *categorical, *ignore], cells, path)
    if both := sorted(({*categorical, target} & {*ignore}) | ({target} & {*categorical})):
        raise InputError(
            f"Column {both[0]!r} has two roles. A column is the target, categorical or ignored."
        )
    if len(cells) < 2:
        raise InputError(f"{path} has {len(cells)} rows of data; at least 2 are needed.")
    class_names, labels = _classes(cells[target], target, path)
    held_out = split.test_part(labels, test_split)
    means, categories = {}, []
    for name in cells.columns.drop([target, *ignore]):
        numbers = None if name in categorical else table.numbers(cells[name])
        if numbers is None:
            if cells[name][~held_out].nunique() > 1:
                _check_categories(cells[name], path)
                categories.append(name)
        elif (mean := _mean_if_it_varies(numbers[~held_out])) is not None:
            means[name] = mean
    if not means and not categories:
        raise InputError(f"{path} has no column but {target!r} that varies: nothing to learn from.")
    columns = table.columns(cells, means, categories, path)
    space = table.adapted({name: x[~held_out] for name, x in columns.items()})
    x = table.encoded(columns, space)
    return Dataset(
        name=f"csv:{path}",
        class_names=class_names,
        train=ArrayInputs(x[~held_out]),
        test=ArrayInputs(x[held_out]),
        given_labels=labels[~held_out],
        clean_labels=labels[~held_out],
        test_labels=labels[held_out],
        augmentation=Augmentation(),
        train_index=np.flatnonzero(~held_out),
        train_names=tuple(table.row_name(path, i) for i in np.flatnonzero(~held_out)),
        feature_space=space,
        input_format=TableFormat(x.shape[1:], means, tuple(categories)),
    )


def _classes(column: pd.Series, target: str, path: str) -> tuple[tuple[str, ...], np.ndarray]:
    missing = (column == "").to_numpy()
    if missing.any():
        raise InputError(
            f"The target {target!r} is missing in {int(missing.sum())} rows of {path}: see "
            f"{table.rows(missing)}. Fill in the labels, or remove these rows."
        )
    texts = column.to_numpy(object)
    values = table.numbers(column)
    if values is not None and np.isfinite(values).all():
        if (values != np.round(values)).any():
            raise InputError(
                f"The target {target!r} of {path} holds fractions, as in "
                f"{table.rows(values != np.round(values))}. Classes are texts or integers; numbers "
                "to be predicted (regression) must be divided into classes first."
            )
        texts = values.astype(np.int64)
    names, labels = np.unique(texts, return_inverse=True)
    if len(names) > _MOST_CATEGORIES:
        raise InputError(
            f"The target {target!r} of {path} has {len(names):,} different values; at most "
            f"{_MOST_CATEGORIES:,} classes can be told apart. Is it the right column?"
        )
    return tuple(str(name) for name in names), labels.astype(np.int64)


def _check_categories(column: pd.Series, path: str) -> None:
    if column.nunique() > _MOST_CATEGORIES:
        raise InputError(
            f"Column {column.name!r} of {path} is text with {column.nunique():,} different values; "
            f"at most {_MOST_CATEGORIES:,} can be categories. Ignore it (--ignore), or write plain "
            "numbers like 1234.5 if it is one of numbers."
        )


def _mean_if_it_varies(numbers: np.ndarray) -> float | None:
    known = numbers[~np.isnan(numbers)]
    # What differs by less than float32 can hold would be divided by a variance of 0.
    with np.errstate(over="ignore"):
        varies = len(np.unique(known.astype(np.float32))) > 1
    return float(known.mean()) if varies else None
