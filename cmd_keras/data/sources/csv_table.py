"""A table of the user's: one example a row, one column of labels."""

from collections.abc import Sequence

import numpy as np

from cmd_keras.data import identity, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.files import table_file
from cmd_keras.data.files import table_vectors as table
from cmd_keras.data.files.table_header import canonical_cells
from cmd_keras.data.input_format import TableFormat
from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.notice import notice
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.data.sources.table import columns as table_columns
from cmd_keras.data.sources.table.labels import numbered
from cmd_keras.data.spelling.class_names import canonical
from cmd_keras.errors import InputError


def load(
    path: str,
    *,
    target: str,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    test_split: float = TEST_SPLIT,
) -> Dataset:
    """The data set in a CSV table.

    A column of numbers is normalised; a missing number counts as the mean of the training
    rows. Any other column is one-hot; an empty cell is a category of its own. Left out are
    columns that never vary and those that tell rows apart instead of describing them:
    running numbers, dates, and texts of which more than half are different. Mean, variance
    and categories are those of the training rows alone, which include a validation
    share held out later.

    Args:
        path: The file: UTF-8, separated by commas, semicolons or tabs, names of
            the columns in the first line.
        target: The column of labels: texts or integers.
        categorical: Columns that hold categories, whatever is written there.
        ignore: Columns to leave out.
        test_split: Part of the rows held out for testing: the same ones in every
            run, and as mislabelled as the rest. A row is known by its cells, without the
            label: where a label is corrected, or rows are added, all others stay.

    Raises:
        InputError: if the table cannot be read, or a column cannot be used.
    """
    target = canonical(target)
    categorical, ignore = map(canonical_cells, (categorical, ignore))
    file = table_file.read(path)
    cells = file.cells
    if len(cells.columns) < 2:
        raise InputError(
            f"{path} has the single column {cells.columns[0]!r}. Separate columns by commas, "
            "semicolons or tabs."
        )
    file.check_columns([target, *categorical, *ignore])
    if len(cells) < 2:
        raise InputError(f"{path} has {len(cells)} rows of data; at least 2 are needed.")
    class_names, labels = numbered(file, target)
    features = cells.drop(columns=target)
    by_name = features[sorted(features.columns)].to_numpy()
    keys = identity.of_texts([table.one_spelling(cell) for cell in row] for row in by_name)
    held_out = split.test_part(keys, labels, test_split)
    chosen = table_columns.choose(file, cells.columns.drop([target, *ignore]), categorical)
    for name in (*chosen.numeric, *chosen.categorical):
        _say_if_it_is_the_target(file, name, target)
    means = {}
    for name, style in chosen.numeric.items():
        mean = _mean_if_it_varies(style.values(cells[name])[~held_out])
        if mean is not None:
            means[name] = mean
    categories = tuple(name for name in chosen.categorical if cells[name][~held_out].nunique() > 1)
    if not means and not categories:
        raise InputError(f"{path} has no column but {target!r} that varies: nothing to learn from.")
    formats = {name: chosen.numeric[name] for name in means}
    columns = table.columns(file, means, formats, categories)
    space = table.adapted({name: x[~held_out] for name, x in columns.items()})
    x = table.encoded(columns, space)
    train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    return Dataset(
        name=f"csv:{path}",
        class_names=class_names,
        train=ArrayInputs(x[train]),
        test=ArrayInputs(x[test]),
        given_labels=labels[train],
        clean_labels=labels[train],
        test_labels=labels[test],
        augmentation=Augmentation(),
        train_index=train,
        train_names=file.row_names(train),
        train_keys=tuple(keys[i] for i in train),
        test_keys=tuple(keys[i] for i in test),
        feature_space=space,
        input_format=TableFormat.of_columns(x.shape[1:], means, formats, categories),
    )


def _say_if_it_is_the_target(file: table_file.TableFile, name: str, target: str) -> None:
    pairs = set(zip(file.cells[name], file.cells[target], strict=True))
    if len(pairs) == file.cells[name].nunique() == file.cells[target].nunique():
        notice(
            f"Column {name!r} of {file.path} says the same as the target {target!r} in every row. "
            f"If it is made of it, leave it out: --ignore {name!r}."
        )


def _mean_if_it_varies(numbers: np.ndarray) -> float | None:
    known = numbers[~np.isnan(numbers)]
    # What differs by less than float32 can hold would be divided by a variance of 0.
    with np.errstate(over="ignore"):
        varies = len(np.unique(known.astype(np.float32))) > 1
    return float(known.mean()) if varies else None
