"""Rows of a table as vectors: the columns that are learned from, in a FeatureSpace of Keras."""

import re
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data.files.table_file import TableFile
from cmd_keras.data.spelling.number_format import NumberFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# A name that no category has: those are written with an equals sign in front.
_MISSING = "missing"

_ROWS_AT_A_TIME = 8192

_WHOLE_NUMBER = re.compile(r"([+-]?[0-9]+)\.0*")


def build_columns(
    table: TableFile,
    means: Mapping[str, float],
    formats: Mapping[str, NumberFormat],
    scales: Mapping[str, tuple[float, float]],
    categorical: Sequence[str],
    space: keras.utils.FeatureSpace | None = None,
) -> dict[str, tf.Tensor]:
    """The columns of a table as a FeatureSpace takes them.

    Args:
        table: The table.
        means: Columns of numbers, and what stands in for a missing one.
        formats: How the numbers of each are written.
        scales: What is subtracted from those that float32 cannot hold, and what they are
            divided by then.
        categorical: Columns of categories.
        space: The one adapted in training, whose categories these rows are brought to; None
            in training.

    Returns:
        Float32 `numeric_00000` … and text `categorical_00000` …, each `[n]`. Keras
        does not allow every name that a column may have.

    Raises:
        InputError: if a number is too large, or most cells of a column are of no category
            that was seen in training.
    """
    found = {}
    for i, (name, mean) in enumerate(means.items()):
        values = formats[name].parse_all(table.cells[name])
        values = np.where(np.isnan(values), mean, values)
        with np.errstate(over="ignore"):
            if name in scales:
                centre, deviation = scales[name]
                values = (values - centre) / deviation
            values = values.astype(np.float32)
        if np.isinf(values).any():
            raise InputError(
                f"Column {name!r} of {table.path} holds infinity, or more than float32 can; see "
                f"{table.name_lines(np.isinf(values))}."
            )
        found[f"numeric_{i:05d}"] = tf.constant(values)
    for i, name in enumerate(categorical):
        key = f"categorical_{i:05d}"
        texts = np.array([_category(cell) for cell in table.cells[name]], object)
        if space is not None:
            texts = _as_in_training(texts, table, name, space.preprocessors[key].get_vocabulary())
        found[key] = tf.constant(texts, tf.string)
    return found


def adapt_space(training: Mapping[str, tf.Tensor]) -> keras.utils.FeatureSpace:
    """A FeatureSpace that knows mean, variance and categories of the training rows."""
    features = {
        name: "float_normalized" if name.startswith("numeric") else "string_categorical"
        for name in training
    }
    space = keras.utils.FeatureSpace(features, output_mode="concat")
    # All rows at once: the table is gone through anew for every column.
    space.adapt(tf.data.Dataset.from_tensors(dict(training)))
    return space


def encode_rows(columns: Mapping[str, tf.Tensor], space: keras.utils.FeatureSpace) -> np.ndarray:
    """Rows as vectors.

    Args:
        columns: As `build_columns` makes them.
        space: Adapted to such columns.

    Returns:
        `[n, features]`, float32.
    """
    count = len(next(iter(columns.values())))
    parts = []
    for start in range(0, count, _ROWS_AT_A_TIME):
        part = {name: x[start : start + _ROWS_AT_A_TIME] for name, x in columns.items()}
        parts.append(keras.ops.convert_to_numpy(space(part)))
    return np.concatenate(parts).astype(np.float32)


def unify_spelling(cell: str) -> str:
    """A value as it is written in one place, where programs write it in several ways.

    A whole number without its decimal places, and `TRUE` and `True` as `true`. All else, and
    zeros in front of a number, stay: they may be part of a name.
    """
    if whole := _WHOLE_NUMBER.fullmatch(cell):
        return whole[1]
    return cell.lower() if cell.lower() in ("true", "false") else cell


def _category(cell: str) -> str:
    return f"={unify_spelling(cell)}" if cell else _MISSING


def _as_in_training(
    texts: np.ndarray, table: TableFile, name: str, vocabulary: Sequence[str]
) -> np.ndarray:
    """Categories as the networks know them, though they may be written otherwise here."""
    known = {text: text for text in vocabulary}
    # Runs of earlier versions have every spelling that there was.
    for spell in (lambda text: f"={unify_spelling(text[1:])}", str.casefold):
        spelled: dict[str, list[str]] = {}
        for text in vocabulary:
            if text.startswith("="):
                spelled.setdefault(spell(text), []).append(text)
        for other, same in spelled.items():
            if len(same) == 1:
                known.setdefault(other, same[0])
    joined = np.array([known.get(t, known.get(t.casefold(), t)) for t in texts], object)
    strange = np.array([text not in known for text in joined])
    if not strange.any():
        return joined
    shown = sorted({text[1:] if text != _MISSING else "" for text in joined[strange]})[:3]
    cells = f"{int(strange.sum())} of {len(texts)} cells of column {name!r} of {table.path}"
    what = f" ({', '.join(map(repr, shown))}, in {table.name_lines(strange)})"
    if strange.sum() > len(texts) / 2:
        raise InputError(
            f"{cells} are unlike any that the networks have seen in training{what}. Is it "
            "the same column, written in the same way? Known are: "
            f"{', '.join(repr(t[1:]) for t in vocabulary if t.startswith('='))[:200]}."
        )
    notice(f"{cells} are unlike any that the networks have seen{what}; they count as unknown.")
    return joined
