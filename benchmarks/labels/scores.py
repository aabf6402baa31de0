"""How good an answer is."""

import numpy as np
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from benchmarks.labels.contestants import Answer

SCORES = ("auroc", "average_precision", "f1", "precision_at_true_number", "seconds")


def scores_of(answer: Answer, wrong: np.ndarray) -> dict[str, float]:
    """The scores, by name.

    Args:
        answer: What was said.
        wrong: `[n]` booleans, which labels are wrong.
    """
    first = np.argsort(answer.quality, kind="stable")[: wrong.sum()]
    return {
        "auroc": float(roc_auc_score(wrong, -answer.quality)),
        "average_precision": float(average_precision_score(wrong, -answer.quality)),
        "f1": float(f1_score(wrong, answer.suspected)),
        "precision_at_true_number": float(wrong[first].mean()),
        "seconds": answer.seconds,
    }
