"""How good a review is, where it is known which labels are wrong."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from cmd_keras.label_review.checks import is_number
from cmd_keras.label_review.opinions import check_index


def score_review(review: pd.DataFrame, true: Any) -> dict[str, float | int]:
    """How rightly labels are suspected, and ranked.

    Args:
        review: As `review_labels` returns it.
        true: `[n]`, the right labels, of the kind in the column `given`: names, where the
            probabilities had names of columns, even if the labels were places. A series has the
            index of the review.

    Returns:
        `wrong`, how many labels are wrong. If any are: `precision`, the part of the suspected
        labels that are wrong; `recall`, the part of the wrong labels that are suspected; `f1`,
        their harmonic mean; `restored`, the part of the wrong labels of which the true class is
        the probable one; and if not all are, `auroc`, the probability that of a wrong and a
        right label the wrong one has the lower quality.

    Raises:
        ValueError: if there are other labels than in the review, or of another kind.
    """
    check_index("true", true, "review", review)
    true = np.asarray(true)
    if true.shape != (len(review),):
        raise ValueError(
            f"true must be [{len(review)}], a label for each of the review, received "
            f"{list(true.shape)}."
        )
    _check_kind(review, true)
    wrong = review["given"].to_numpy() != true
    suspected = review["suspected"].to_numpy()
    hits, count = int((suspected & wrong).sum()), int(wrong.sum())
    scores: dict[str, float | int] = {"wrong": count}
    if count:
        scores["precision"] = hits / max(1, int(suspected.sum()))
        scores["recall"] = hits / count
        scores["f1"] = 2 * hits / (int(suspected.sum()) + count)
        scores["restored"] = float((review["probable"].to_numpy() == true)[wrong].mean())
        if count < len(wrong):
            # Mann and Whitney's U: the place of each wrong label among the right ones.
            ranks = rankdata(-review["quality"].to_numpy())[wrong]
            pairs = count * (len(wrong) - count)
            scores["auroc"] = float((ranks.sum() - count * (count + 1) / 2) / pairs)
    return scores


def _check_kind(review: pd.DataFrame, true: np.ndarray) -> None:
    # What is of another kind differs from everything: no label would be right.
    known = [value for column in ("given", "probable") for value in _each(review[column])]
    kinds = {_kind(value): value for value in reversed(known)}
    for value in _each(true):
        if _kind(value) not in kinds:
            here = " and ".join(f"{kind}, such as {one!r}" for kind, one in kinds.items())
            raise ValueError(
                f"true must be of the kind in the column given of the review, which holds {here}; "
                f"received {_kind(value)}, {value!r}. Where these are places of columns with "
                "names, give probabilities.columns[true]."
            )


def _each(values: Any) -> list:
    """Every value once."""
    return pd.Series(values).unique().tolist()


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "a number" if is_number(value) else type(value).__name__
