"""Near-duplicates with another label, and examples that belong to no class.

Features are compared as in Sun et al.: Out-of-distribution detection with deep nearest
neighbors. ICML 2022: scaled to length 1, by the k-th nearest, k = 5, here of each class.
"""

import numpy as np


def distance(one, two):
    """1 - cos, the mean over networks of two lists of features, one of each network."""
    cosines = [a @ b / np.sqrt((a @ a) * (b @ b)) for a, b in zip(one, two, strict=True)]
    return 1.0 - np.mean(cosines)


def near_duplicate(i, features, y, asked):
    """The nearest example with another label, or -1; nearer than 0.1 of a median over `asked`."""
    others = [j for j in range(len(y)) if y[j] != y[i]]
    nearest = min(others, key=lambda j: distance(features[i], features[j]), default=-1)
    if nearest < 0:
        return -1
    usual = np.median(
        [min(distance(features[k], features[j]) for j in range(len(y)) if j != k) for k in asked]
    )
    return nearest if distance(features[i], features[nearest]) < 0.1 * usual else -1


def to_class(i, c, features, y):
    """From example i to the fifth nearest other example of class c, or to the last one."""
    there = [distance(features[i], features[j]) for j in range(len(y)) if y[j] == c and j != i]
    return sorted(there)[:5][-1] if there else np.inf


def farness(i, features, y, C, asked):
    """min(1, min_c d(i, c) / median of d(k, c) over k in `asked` and c != y_k)."""
    to_others = [to_class(k, c, features, y) for k in asked for c in range(C) if c != y[k]]
    usual = np.median([d for d in to_others if np.isfinite(d)])
    return min(1.0, min(to_class(i, c, features, y) for c in range(C)) / usual)


def no_class(far, p):
    """Far · (2 + H(p) / log C) / 3."""
    entropy = -sum(v * np.log(v) for v in p if v > 0.0)
    return far * (2.0 + entropy / np.log(len(p))) / 3.0
