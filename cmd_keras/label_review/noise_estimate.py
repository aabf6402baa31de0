"""How many labels are wrong, and which classes are taken for which.

A given label i is thought to come about in two steps: the example's true class k, of which the
classifier says P(k | x); and whoever labelled it, who writes i for k with probability T[k, i],
whatever the example. So P(i | x) = sum_k P(k | x) T[k, i]. T is what makes the given labels most
probable (expectation maximisation: Dawid, Skene, Applied Statistics 28, 1979, with the classifier
in place of a prior), together with a temperature, by which the classifier is made as sure of
itself as it is entitled to be (Guo et al., ICML 2017).
"""

import dataclasses
import itertools
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from cmd_keras.label_review.opinions import opinions

# Before any label was seen, a class counts as one example that is labelled like all others are:
# classes of few examples would else be thought to be labelled with certainty.
_PRIOR = 1.0
_STEPS, _STEPS_WHILE_SEARCHING = 100, 25
_TEMPERATURES = (0.05, 20.0)
# Logarithms of smaller probabilities would be minus infinity.
_SMALLEST = 1e-12
_REPLICATES = 50


# Of 10,000 photographs, with networks at 0.5 and 0.3, rates were missed by 7 and 28 points; of
# digits, at 0.94 to 0.98, by 4 at most.
SURE = 0.7


@dataclasses.dataclass(frozen=True)
class NoiseEstimate:
    """What is wrong with a set of labels.

    Args:
        rate: Part of the labels that are wrong.
        interval: In which the rate lies with 95 % probability, if the classifier's
            probabilities are right up to the temperature: an interval over examples.
        matrix: `[C, C]`, T: row k is how examples of class k were labelled.
        matrix_interval: `[2, C, C]`, the least and the most of each of its entries, as `interval`
            has them of the rate.
        temperature: By which the classifier's logits are divided; above 1 it was too sure.
        gain: By how many nats a label becomes more probable by the classifier. Near 0 it
            knows nothing of the labels, and nothing here means anything.
        entropy: How many nats there are to know: the entropy of how often each class is given.
    """

    rate: float
    interval: tuple[float, float]
    matrix: np.ndarray
    matrix_interval: np.ndarray
    temperature: float
    gain: float
    entropy: float

    @property
    def tells(self) -> bool:
        """Whether the classifier knows enough for an estimate: a tenth of what there is to know."""
        return self.gain > 0.1 * self.entropy

    def posterior(self, labels: Any, probabilities: Any) -> np.ndarray:
        """P(true class | example, given label).

        Args:
            labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
            probabilities: `[n, C]`, of the classifier that the estimate was made with.

        Returns:
            `[n, C]`, each row sums to 1.

        Raises:
            ValueError: if labels and probabilities do not fit each other or the matrix, or a
                label is of a class that no label was of when the estimate was made.
        """
        y, p = opinions(labels, probabilities)
        if p.shape[1] != len(self.matrix):
            raise ValueError(
                f"The estimate is one of {len(self.matrix)} classes, received probabilities of "
                f"{p.shape[1]}. Give those that it was made with."
            )
        unknown = ~self.matrix.any(axis=0)[y]
        if unknown.any():
            raise ValueError(
                f"Label number {unknown.argmax()}, counted from 0, is of class "
                f"{y[unknown.argmax()]}, which no label was of when the estimate was made. Make "
                "it with all labels."
            )
        return _posterior(self.calibrated(p), y, self.matrix)[0]

    def calibrated(self, probabilities: Any) -> np.ndarray:
        """The classifier's probabilities, as sure as it is entitled to be.

        Args:
            probabilities: `[n, C]`, of the classifier that the estimate was made with.

        Returns:
            `[n, C]`, at the temperature, each row sums to 1.
        """
        return _at(np.asarray(probabilities, np.float64), self.temperature)

    def sureness(self, probabilities: Any) -> float:
        """What the classifier gives the class that it finds most probable, on average.

        Args:
            probabilities: `[n, C]`, of the classifier that the estimate was made with.

        Returns:
            In [1/C, 1], as sure as the classifier is entitled to be. Below `SURE` nobody can
            count wrong labels by it: to such a classifier a wrong label and an ambiguous
            example look alike, and which of both there are more of moves the likelihood
            little, and the rate much.
        """
        return float(self.calibrated(probabilities).max(axis=1).mean())


def estimate_noise(labels: Any, probabilities: Any, seed: int = 0) -> NoiseEstimate:
    """How many of the labels are wrong, by a classifier that has not seen them.

    Args:
        labels: `[n]`, the given labels, classes 0 … C-1, or names of columns.
        probabilities: `[n, C]`, out of sample: of a classifier that was trained on other
            examples, as `sklearn.model_selection.cross_val_predict` has them. One that was
            trained on these labels has learned the wrong ones, too, and finds too few.
        seed: Draws the samples that the interval is made from.

    Returns:
        Rate, interval and matrix. Classes that are taken for each other more often than not
        cannot be told from classes of each other's name.

    Raises:
        ValueError: if labels and probabilities do not fit each other.
    """
    y, p = opinions(labels, probabilities)
    order = np.argsort(y, kind="stable")
    y, p = y[order], p[order]

    def surprise(log_temperature: float) -> float:
        at = _at(p, np.exp(log_temperature))
        return -_log_likelihood(at, y, _fitted(at, y, _STEPS_WHILE_SEARCHING))

    bounds = np.log(_TEMPERATURES)
    temperature = float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x))
    at = _at(p, temperature)
    matrix = _fitted(at, y, _STEPS)
    rate = float(_wrong(at, y, matrix).mean())
    rates, matrices = _replicates(at, y, matrix, seed)
    low, high = _interval(rate, rates)
    share = (np.bincount(y, minlength=p.shape[1]) / len(y))[y]
    return NoiseEstimate(
        rate=rate,
        interval=(float(low), float(high)),
        matrix=matrix,
        matrix_interval=_interval(matrix, matrices),
        temperature=temperature,
        gain=float(_log_likelihood(at, y, matrix) - np.log(share).mean()),
        entropy=float(-np.log(share).mean()),
    )


def _at(p: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities at a temperature."""
    return np.exp(log_softmax(np.log(np.maximum(p, _SMALLEST)) / temperature, axis=1))


def _posterior(p: np.ndarray, y: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(k | x, i) `[n, C]` and P(i | x) `[n]`."""
    joint = p * matrix.T[y]
    likelihood = joint.sum(axis=1)
    return joint / likelihood[:, None], likelihood


def _wrong(p: np.ndarray, y: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return 1.0 - _posterior(p, y, matrix)[0][np.arange(len(y)), y]


def _log_likelihood(p: np.ndarray, y: np.ndarray, matrix: np.ndarray) -> float:
    """Of the labels, the mean over them."""
    return float(np.log(_posterior(p, y, matrix)[1]).mean())


def _fitted(
    p: np.ndarray,
    y: np.ndarray,
    steps: int,
    weight: np.ndarray | None = None,
    matrix: np.ndarray | None = None,
) -> np.ndarray:
    """T.

    Args:
        p: `[n, C]`.
        y: `[n]`, ascending.
        steps: Of expectation maximisation.
        weight: `[n]`, how often each example counts, or None for once.
        matrix: Where to begin; None begins at labels that are mostly right.
    """
    classes = p.shape[1]
    weight = np.ones(len(y)) if weight is None else weight
    # Examples of one label take one column of T: of many classes that is far less to compute
    # than the posterior of each.
    ends = np.searchsorted(y, np.arange(classes + 1))
    same = [slice(*both) for both in itertools.pairwise(ends)]
    # Of all examples: a sample of them may lack a rare class, which then was never given.
    prior = _PRIOR * np.bincount(y, minlength=classes) / len(y)
    if matrix is None:
        matrix = np.full((classes, classes), 0.3 / (classes - 1))
        np.fill_diagonal(matrix, 0.7)
    for _ in range(steps):
        count = np.empty_like(matrix)
        for i, rows in enumerate(same):
            likelihood = p[rows] @ matrix[:, i]
            count[:, i] = matrix[:, i] * ((weight[rows] / likelihood) @ p[rows]) + prior[i]
        matrix = count / count.sum(axis=1, keepdims=True)
    return matrix


def _replicates(
    p: np.ndarray, y: np.ndarray, matrix: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rates and matrices: a draw of the true classes within a bootstrap of the examples."""
    # A stream of its own: one that labels were corrupted with, too, would draw the wrong ones
    # more often or more rarely than the others.
    rng = np.random.default_rng([seed, 3])
    classes = p.shape[1]
    rates, matrices = [], []
    for _ in range(_REPLICATES):
        weight = rng.multinomial(len(y), np.full(len(y), 1.0 / len(y))).astype(np.float64)
        fitted = _fitted(p, y, _STEPS_WHILE_SEARCHING, weight, matrix)
        cumulated = _posterior(p, y, fitted)[0].cumsum(axis=1)
        true = (rng.random((len(y), 1)) * cumulated[:, -1:] < cumulated).argmax(axis=1)
        rates.append(np.average(true != y, weights=weight))
        count = np.bincount(true * classes + y, weight, classes**2).reshape(classes, classes)
        # A class that no example was drawn of is as it was fitted.
        count += np.where(count.sum(axis=1, keepdims=True) == 0.0, fitted, 0.0)
        matrices.append(count / count.sum(axis=1, keepdims=True))
    return np.array(rates), np.array(matrices)


def _interval(estimate: float | np.ndarray, replicates: np.ndarray) -> np.ndarray:
    """Least and most, `[2, …]`, of what lies in [0, 1]."""
    spread = 1.96 * replicates.std(axis=0, ddof=1)
    return np.clip([estimate - spread, estimate + spread], 0.0, 1.0)
