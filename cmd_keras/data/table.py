"""CSV tables: read by pandas, encoded by the FeatureSpace of Keras."""

import csv
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from cmd_keras.errors import InputError, did_you_mean, first_line

_DELIMITERS = ",;\t"

# How a number that is not known is written. In a column of categories only an
# empty cell is unknown: NA may be Namibia.
_NO_NUMBER = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None")

# A name that no category has: those are written with an equals sign in front.
_MISSING = "missing"

_ROWS_AT_A_TIME = 8192


def row_name(path: str | Path, index: int) -> str:
    """What a row of data, counted from 0, is called: as a text editor numbers its line."""
    return f"{path} row {index + 2}"


def read(path: str | Path) -> pd.DataFrame:
    """Every cell of a table as text, "" where it is empty.

    Columns are separated by commas, semicolons or tabs, whichever makes more
    columns of the first line, which holds their names.

    Raises:
        InputError: if the file is not such a table.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"The file {path} {problem}; a CSV table is needed.")
    try:
        delimiter, names = _header(path)
        with warnings.catch_warnings():
            # Cells beyond the last column are otherwise cut off with a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                path,
                sep=delimiter,
                dtype=str,
                na_filter=False,
                index_col=False,
                encoding="utf-8-sig",
            )
    except UnicodeDecodeError:
        if b"\0" in path.read_bytes()[:4096]:
            raise InputError(
                f"{path} is not a CSV table: it holds binary data, or UTF-16 text. Save a table as "
                "'CSV UTF-8'."
            ) from None
        raise InputError(
            f"{path} is not UTF-8 text. Save it as 'CSV UTF-8', or convert it: "
            "iconv -f latin1 -t utf-8 OLD.csv > NEW.csv."
        ) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        raise InputError(
            f"{path} is not a table: {first_line(error)} Every row needs as many "
            f"cells as the first line has names ({len(names)}); put quotes around a cell that "
            "holds a separator."
        ) from None
    cells.columns = names
    return cells.fillna("").apply(lambda column: column.str.strip())


def _header(path: Path) -> tuple[str, list[str]]:
    found = {}
    for delimiter in _DELIMITERS:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = (row for row in csv.reader(file, delimiter=delimiter) if row)
            found[delimiter] = [name.strip() for name in next(rows, [])]
    delimiter = max(found, key=lambda d: len(found[d]))
    names = found[delimiter]
    if not names:
        raise InputError(f"{path} is empty; a table with names in its first line is needed.")
    if "" in names:
        raise InputError(
            f"Column {names.index('') + 1} of {path} has no name in the first line. Name it, or "
            "remove it if it holds row numbers (pandas: to_csv(..., index=False))."
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path} has two columns {twice[0]!r}. Rename one of them.")
    return delimiter, names


def check_columns(names: Sequence[str], cells: pd.DataFrame, path: str | Path) -> None:
    """Refuses names of columns that a table does not have.

    Raises:
        InputError: naming the nearest one, and all.
    """
    known = list(cells.columns)
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise InputError(
                f"{path} has no column {name!r}.{hint} It has the columns: {', '.join(known)}."
            )


def numbers(column: pd.Series) -> np.ndarray | None:
    """`[n]` float64, NaN where a cell is missing; None if a cell holds no number."""
    known = ~column.isin(_NO_NUMBER).to_numpy()
    values = np.full(len(column), np.nan)
    try:
        values[known] = pd.to_numeric(column[known]).to_numpy(np.float64)
    except (ValueError, TypeError):
        return None
    return values


def rows(wrong: np.ndarray) -> str:
    """The numbers of up to five rows, as a spreadsheet counts them: the header is row 1."""
    shown = ", ".join(str(i + 2) for i in np.flatnonzero(wrong)[:5])
    return f"row{'s' if wrong.sum() > 1 else ''} {shown}{', …' if wrong.sum() > 5 else ''}"


def columns(
    cells: pd.DataFrame,
    means: Mapping[str, float],
    categorical: Sequence[str],
    path: str | Path,
) -> dict[str, tf.Tensor]:
    """The columns of a table as a FeatureSpace takes them.

    Args:
        cells: What `read` returned.
        means: Columns of numbers, and what stands in for a missing one.
        categorical: Columns of categories.
        path: Where the table is from.

    Returns:
        Float32 `numeric_00000` … and text `categorical_00000` …, each `[n]`. Keras
        does not allow every name that a column may have.

    Raises:
        InputError: if a column is missing, or a cell holds no number where it must.
    """
    check_columns([*means, *categorical], cells, path)
    if not len(cells):
        raise InputError(f"{path} has no rows below its first line.")
    found = {}
    for i, (name, mean) in enumerate(means.items()):
        values = numbers(cells[name])
        if values is None:
            unread = pd.to_numeric(cells[name], errors="coerce").isna().to_numpy()
            wrong = unread & ~cells[name].isin(_NO_NUMBER).to_numpy()
            raise InputError(f"Column {name!r} of {path} must hold numbers; see {rows(wrong)}.")
        with np.errstate(over="ignore"):
            values = np.where(np.isnan(values), mean, values).astype(np.float32)
        if np.isinf(values).any():
            raise InputError(
                f"Column {name!r} of {path} holds infinity, or more than float32 can; see "
                f"{rows(np.isinf(values))}."
            )
        found[f"numeric_{i:05d}"] = tf.constant(values)
    for i, name in enumerate(categorical):
        texts = np.where(cells[name] == "", _MISSING, "=" + cells[name].astype(object))
        found[f"categorical_{i:05d}"] = tf.constant(texts.astype(object), tf.string)
    return found


def adapted(training: Mapping[str, tf.Tensor]) -> keras.utils.FeatureSpace:
    """A FeatureSpace that knows mean, variance and categories of the training rows."""
    features = {
        name: "float_normalized" if name.startswith("numeric") else "string_categorical"
        for name in training
    }
    space = keras.utils.FeatureSpace(features, output_mode="concat")
    # All rows at once: the table is gone through anew for every column.
    space.adapt(tf.data.Dataset.from_tensors(dict(training)))
    return space


def encoded(columns: Mapping[str, tf.Tensor], space: keras.utils.FeatureSpace) -> np.ndarray:
    """Rows as vectors, `[n, features]`, float32."""
    count = len(next(iter(columns.values())))
    parts = []
    for start in range(0, count, _ROWS_AT_A_TIME):
        part = {name: x[start : start + _ROWS_AT_A_TIME] for name, x in columns.items()}
        parts.append(keras.ops.convert_to_numpy(space(part)))
    return np.concatenate(parts).astype(np.float32)
