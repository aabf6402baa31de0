"""A score for every label, the probable class, and whether the label is suspected."""

from typing import Any

import numpy as np
import pandas as pd

from cmd_keras.label_review.belief import checked_evidence, class_belief
from cmd_keras.label_review.noise_estimate import NoiseEstimate
from cmd_keras.label_review.opinions import opinions


def label_quality(labels: Any, probabilities: Any) -> np.ndarray:
    """How probable each given label is to the classifier: low means suspicious.

    Northcutt et al., Confident learning, JAIR 2021, call it self-confidence.

    Args:
        labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
        probabilities: `[n, C]`, an array or a data frame.

    Returns:
        `[n]`, in [0, 1].

    Raises:
        ValueError: if labels and probabilities do not fit each other.
    """
    y, p = opinions(labels, probabilities)
    return p[np.arange(len(y)), y]


def review_labels(
    labels: Any,
    probabilities: Any,
    noise: NoiseEstimate | None = None,
    evidence: Any = None,
    runs: Any = 0,
) -> pd.DataFrame:
    """Every label with what is thought of it.

    Args:
        labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
        probabilities: `[n, C]`, an array or a data frame, whose index and names of columns are
            then those of the result.
        noise: What `estimate_noise` returned for them. It knows which classes are taken for
            which, and should be given wherever the classifier has not seen the labels. None
            takes the classifier's word.
        evidence: `[n]`, in [0, 1], how much speaks for each label, from the training of a
            classifier that has seen the labels, as `cmd_keras.training_evidence` collects it.
            Where it is given the labels are ranked by it.
        runs: `[n]`, or one number for all: of how many trainings the evidence is the mean, where
            these are others than that of the classifier, which has not seen the labels. Each
            is one voice then, as `class_belief` says. 0, where there is one training
            which both the evidence and the probabilities are of.

    Returns:
        A row for each label, in the given order: `given` and `probable`, classes, for a
        suspected label two different ones; `p_given` in [0, 1], the probability that the label
        is right; `quality`, by which labels are ranked, low means suspicious: `evidence`, or
        else, with `runs` as well, `p_given`; `confidence`, the probability of the probable
        class; and `suspected`, whether the label is more probably wrong than right, or
        without `noise` and `runs` whether another class is more probable.

    Raises:
        ValueError: if labels, probabilities, noise, evidence and runs do not fit each other.
    """
    y, p = opinions(labels, probabilities, evidence=evidence, runs=runs)
    voices = bool(np.any(np.asarray(runs) != 0))
    belief = class_belief(y, p, noise, evidence if voices else None, runs)
    each = np.arange(len(y))
    p_given = belief[each, y]
    # Of a label that is probably wrong the class that it should be is asked for.
    others = np.where(np.arange(belief.shape[1]) == y[:, None], -1.0, belief)
    half = 0.5 if voices or noise is not None else others.max(axis=1)
    suspected = p_given < half
    probable = np.where(suspected, others.argmax(axis=1), y)
    ranked_by = p_given if voices or evidence is None else checked_evidence(evidence, len(y))
    frame = isinstance(probabilities, pd.DataFrame)
    classes = probabilities.columns if frame else np.arange(p.shape[1])
    return pd.DataFrame(
        {
            "given": classes[y],
            "probable": classes[probable],
            "p_given": p_given,
            "quality": ranked_by,
            "confidence": belief[each, probable],
            "suspected": suspected,
        },
        index=probabilities.index if frame else None,
    )
