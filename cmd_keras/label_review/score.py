"""How good a review is, where it is known which labels are wrong."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata


def score_review(review: pd.DataFrame, true: Any) -> dict[str, float | int]:
    """How rightly labels are suspected, and ranked.

    Args:
        review: As `review_labels` returns it.
        true: `[n]`, the right labels, of the same kind as those that were given.

    Returns:
        `wrong`, how many labels are wrong. If any are: `precision`, the part of the suspected
        labels that are wrong; `recall`, the part of the wrong labels that are suspected; `f1`,
        their harmonic mean; `restored`, the part of the wrong labels of which the true class is
        the probable one; and if not all are, `auroc`, the probability that of a wrong and a
        right label the wrong one has the lower quality.

    Raises:
        ValueError: if there are other labels than in the review.
    """
    true = np.asarray(true)
    if true.shape != (len(review),):
        raise ValueError(
            f"true must be [{len(review)}], a label for each of the review, received "
            f"{list(true.shape)}."
        )
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
