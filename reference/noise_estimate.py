"""How labels came to be wrong: one true class each, and a labeller who mistakes it.

Dawid, Skene: Maximum likelihood estimation of observer error-rates using the EM algorithm.
Applied Statistics 28, 1979; a classifier's probabilities stand where their prior does. The
temperature is that of Guo et al.: On calibration of modern neural networks. ICML 2017.
"""

import numpy as np


def posterior(p, y, T, temperature):
    """P(true class k | x, label i) = P(k | x) T[k, i] / sum_j P(j | x) T[j, i], [n, C]."""
    result = []
    for probabilities, i in zip(p, y, strict=True):
        at = np.array([max(v, 1e-12) ** (1.0 / temperature) for v in probabilities])
        at = at / at.sum()
        joint = np.array([at[k] * T[k][i] for k in range(len(at))])
        result.append(joint / joint.sum())
    return np.array(result)


def next_matrix(p, y, T, temperature, prior):
    """T after one step: how often class k was called i, with `prior` examples labelled as all."""
    C = len(T)
    counts = np.zeros((C, C))
    for row, i in zip(posterior(p, y, T, temperature), y, strict=True):
        for k in range(C):
            counts[k][i] += row[k]
    for i in range(C):
        counts[:, i] += prior * np.mean(np.array(y) == i)
    return np.array([row / row.sum() for row in counts])
