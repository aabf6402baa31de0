"""How probable each class is, when all networks that know something of an example have spoken."""

from typing import Any

import numpy as np

from cmd_keras.label_review.calibrated import calibrated
from cmd_keras.label_review.noise_estimate import SURE, NoiseEstimate
from cmd_keras.label_review.opinions import opinions


def class_belief(
    labels: Any,
    probabilities: Any,
    noise: NoiseEstimate | None = None,
    evidence: Any = None,
    runs: Any = 0,
) -> np.ndarray:
    """The probability of each class of each example, given its label.

    Networks that were trained on a label have contradicted or confirmed it all the while, and
    those that never saw it judge it now. Each training is one voice on the label, and their mean
    counts: where many labels are wrong in the same way, a network may learn a class as its
    mistake, and be sure of it, but not every network does. Networks that are sure of little
    (`NoiseEstimate.sureness`) have seldom learned so much: what they thought of a label while
    they learned was a guess most of the time, and there all that saw it are one voice together.
    What these say is no probability: with `noise` it is `calibrated` by what the others say.

    Args:
        labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
        probabilities: `[n, C]`, an array or a data frame.
        noise: What `estimate_noise` returned for them, for the posterior probability of each
            class; None takes the classifier's word.
        evidence: `[n]`, in [0, 1], how much speaks for each label, the mean over `runs` other
            trainings, which have seen the label; None if there were none. A series has the
            index of the data frame.
        runs: `[n]`, or one number for all, how many those were; where it is 0 the evidence
            of an example makes no difference. A series has the index of the data frame.

    Returns:
        `[n, C]`, rows sum to 1.

    Raises:
        ValueError: if labels, probabilities, noise, evidence and runs do not fit each other.
    """
    y, p = opinions(labels, probabilities, evidence=evidence, runs=runs)
    if not isinstance(noise, NoiseEstimate | None):
        raise ValueError(
            "noise must be what estimate_noise returned for these labels, or None, received "
            f"{noise!r}."
        )
    belief = p if noise is None else noise.posterior(y, p)
    if evidence is None:
        return belief
    evidence = checked_evidence(evidence, len(y))
    runs = np.asarray(runs, np.float64)
    if runs.shape not in ((), y.shape):
        raise ValueError(
            f"runs must be one number, or {len(y):,}, one for each label, received shape "
            f"{list(runs.shape)}."
        )
    runs = np.broadcast_to(runs, y.shape)
    # NaN compares as False.
    counts = (runs >= 0) & np.isfinite(runs)
    if not counts.all():
        raise ValueError(f"runs must be counts, at least 0, received {runs[~counts][0]:g}.")
    each, seen = np.arange(len(y)), runs > 0
    if noise is not None and seen.any():
        evidence = evidence.copy()
        evidence[seen] = calibrated(evidence[seen], belief[each, y][seen])
    unsure = noise is not None and noise.sureness(p) < SURE
    voices = np.minimum(runs, 1.0) if unsure else runs
    p_given = (voices * evidence + belief[each, y]) / (voices + 1)
    others = belief.copy()
    others[each, y] = 0.0
    # Of a label that was beyond doubt nothing tells the other classes apart.
    nothing = others.sum(axis=1) == 0.0
    others[nothing] = 1.0
    others[each, y] = 0.0
    others *= ((1.0 - p_given) / others.sum(axis=1))[:, None]
    others[each, y] = p_given
    return np.where(seen[:, None], others, belief)


def checked_evidence(evidence: Any, count: int) -> np.ndarray:
    """Evidence as an array.

    Args:
        evidence: `[count]`, in [0, 1].
        count: How many labels there are.

    Raises:
        ValueError: if it is none.
    """
    evidence = np.asarray(evidence, np.float64)
    # NaN compares as False.
    if evidence.shape != (count,) or not ((evidence >= 0.0) & (evidence <= 1.0)).all():
        raise ValueError(
            f"evidence must be {count:,} numbers in [0, 1], one for each label, received shape "
            f"{list(evidence.shape)} with values from {np.min(evidence, initial=np.inf):g} to "
            f"{np.max(evidence, initial=-np.inf):g}."
        )
    return evidence
