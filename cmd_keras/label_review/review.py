"""A score for every label, the probable class, and whether the label is suspected."""

from typing import Any

import numpy as np
import pandas as pd

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
    labels: Any, probabilities: Any, noise: NoiseEstimate | None = None
) -> pd.DataFrame:
    """Every label with what is thought of it.

    Args:
        labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
        probabilities: `[n, C]`, an array or a data frame, whose index and names of columns are
            then those of the result.
        noise: What `estimate_noise` returned for them. It knows which classes are taken for
            which, and should be given wherever the classifier has not seen the labels. None
            takes the classifier's word.

    Returns:
        A row for each label, in the given order: `given` and `probable`, classes; `quality` in
        [0, 1], the probability that the label is right, low means suspicious; `confidence`, that
        of the probable class; and `suspected`, whether the label is more probably wrong than
        right, or without `noise` whether another class is more probable.

    Raises:
        ValueError: if labels, probabilities and noise do not fit each other.
    """
    y, p = opinions(labels, probabilities)
    belief = p if noise is None else noise.posterior(y, p)
    quality, probable = belief[np.arange(len(y)), y], belief.argmax(axis=1)
    suspected = probable != y if noise is None else quality < 0.5
    frame = isinstance(probabilities, pd.DataFrame)
    classes = probabilities.columns if frame else np.arange(p.shape[1])
    return pd.DataFrame(
        {
            "given": classes[y],
            "probable": classes[probable],
            "quality": quality,
            "confidence": belief.max(axis=1),
            "suspected": suspected,
        },
        index=probabilities.index if frame else None,
    )
