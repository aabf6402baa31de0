"""Evidence from training as a probability."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

# Nearer to 0 and 1 a logarithm of odds would say more than a training can.
_NEAREST = 1e-4


def calibrated(evidence: np.ndarray, p_right: np.ndarray) -> np.ndarray:
    """How probable a label is, by evidence that ranks labels rightly, and knows no level.

    Evidence is what was said of a label on average over a training, from its first epoch on, when
    networks knew nothing yet, and of a hard example most of them never know much: little speaks
    for most of its labels, right ones as well. So its log-odds are stretched and shifted (Platt,
    Probabilistic outputs for support vector machines, 1999) to what somebody says on average
    who does know the level.

    Args:
        evidence: `[n]`, in [0, 1].
        p_right: `[n]`, the probability that each label is right, by somebody else.

    Returns:
        `[n]`, in (0, 1), in the order of the evidence but where that speaks against `p_right`.
        Before any label was seen the evidence is taken at its word, as if by one example.

    Example:
        >>> from cmd_keras.label_review.calibrated import calibrated
        >>> found = calibrated(np.repeat([0.1, 0.4], 500), np.repeat([0.2, 0.8], 500))
        >>> found[[0, 999]].round(2).tolist()
        [0.2, 0.8]
    """
    odds = logit(np.clip(evidence, _NEAREST, 1.0 - _NEAREST))

    def surprise(line: np.ndarray) -> tuple[float, np.ndarray]:
        said = line[0] * odds + line[1]
        off = expit(said) - p_right
        prior = line - (1.0, 0.0)
        value = np.sum(np.logaddexp(0.0, said) - p_right * said) + prior @ prior / 2.0
        slope = np.array([off @ odds, off.sum()]) + prior
        return value / len(odds), slope / len(odds)

    line = minimize(surprise, np.array([1.0, 0.0]), jac=True, method="BFGS").x
    return expit(line[0] * odds + line[1])
