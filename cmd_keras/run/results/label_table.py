"""A review of labels as a table for people: examples and classes by their names."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cmd_keras.csv_text import table
from cmd_keras.data.named_examples import NamedExamples


def label_table(
    review: pd.DataFrame,
    examples: NamedExamples,
    class_names: Sequence[str],
    *more: str,
) -> tuple[tuple[str, ...], list[tuple]]:
    """Header and rows, the most suspicious label first.

    Args:
        review: As `review_labels` returns it, numbered from 0, or some rows of it.
        examples: What they are called. Without names a number alone may be that of an example of
            either part, so that the part stands beside it.
        class_names: One for each class.
        more: Further columns of the review; what is true or false becomes 1 or 0, and NaN an empty
            cell.
    """
    review = review.sort_values("quality", kind="stable")
    order, given, predicted = review.index, review["given"], review["probable"]
    names, keys = examples.names, examples.keys
    return table(
        {
            "index": examples.index[order].tolist(),
            "part": [examples.part] * len(order) if names is None else None,
            "file": names and [names[i] for i in order],
            "given": given.tolist(),
            "predicted": predicted.tolist(),
            "given_name": [class_names[i] for i in given],
            "predicted_name": [class_names[i] for i in predicted],
            "p_given": _written(review["p_given"]),
            "p_predicted": _written(review["confidence"]),
            **{name: _written(review[name]) for name in more},
            "key": keys and [keys[i] for i in order],
        }
    )


def _written(column: pd.Series) -> list:
    if column.dtype == bool:
        return column.astype(int).tolist()
    if column.dtype == object:
        return column.tolist()
    return ["" if np.isnan(value) else f"{value:.6g}" for value in column]
