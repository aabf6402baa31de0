"""Everybody who says which labels are wrong."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier

from benchmarks.labels.problem import Problem
from cmd_keras.review import review
from cmd_keras.runs.begun_or_new import train_or_resume


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one of them says.

    Args:
        quality: `[n]`, low where a label is suspicious.
        suspected: `[n]` booleans.
        seconds: How long it took. Of a run what it recorded itself, interruptions left out; of a
            review that of its runs, one after the other, without the writing of the review.
    """

    quality: np.ndarray
    suspected: np.ndarray
    seconds: float


def single_run(problem: Problem, folder: Path, folds: int, processes: int) -> Answer:
    """`cmd-keras train`, whose networks have seen the labels."""
    train_or_resume(problem.settings, folder / "single")
    return _answer_in(folder / "single", _seconds_of([folder / "single"]))


def ours(problem: Problem, folder: Path, folds: int, processes: int) -> Answer:
    """`cmd-keras review`."""
    review(problem.settings, folder / "review", folds, processes)
    runs = (folder / "review/runs").glob(f"fold-*-of-{folds}")
    return _answer_in(folder / "review", _seconds_of(runs))


def cleanlab_with_ours(problem: Problem, folder: Path, folds: int, processes: int) -> Answer:
    """cleanlab on the probabilities that `review` left, whose seconds are not counted again."""
    return _cleanlab(problem, np.load(folder / "review/probabilities.npy"), time.perf_counter())


def cleanlab_with_logistic_regression(
    problem: Problem, folder: Path, folds: int, processes: int
) -> Answer:
    """cleanlab as its tutorials have it."""
    started = time.perf_counter()
    classifier = LogisticRegression(max_iter=1000)
    return _cleanlab(problem, _out_of_sample(classifier, problem, folds), started)


def cleanlab_with_mlp(problem: Problem, folder: Path, folds: int, processes: int) -> Answer:
    """cleanlab with scikit-learn's network."""
    started = time.perf_counter()
    classifier = MLPClassifier(early_stopping=True, random_state=problem.settings.seed)
    return _cleanlab(problem, _out_of_sample(classifier, problem, folds), started)


# In this order: one takes what another left.
CONTESTANTS: dict[str, Callable[[Problem, Path, int, int], Answer]] = {
    "cleanlab, logistic regression": cleanlab_with_logistic_regression,
    "cleanlab, MLP": cleanlab_with_mlp,
    "cmd-keras train": single_run,
    "cmd-keras review": ours,
    "cleanlab, probabilities of review": cleanlab_with_ours,
}


def name_of(contestant: Callable) -> str:
    """What somebody is called in the results."""
    return next(name for name, function in CONTESTANTS.items() if function is contestant)


def _out_of_sample(classifier: object, problem: Problem, folds: int) -> np.ndarray:
    return cross_val_predict(classifier, problem.x, problem.given, cv=folds, method="predict_proba")


def _cleanlab(problem: Problem, probabilities: np.ndarray, started: float) -> Answer:
    quality = get_label_quality_scores(problem.given, probabilities)
    suspected = find_label_issues(problem.given, probabilities, n_jobs=1)
    return Answer(quality, suspected, time.perf_counter() - started)


def _seconds_of(runs: Iterable[Path]) -> float:
    """What runs took, one after the other: the epochs of an interrupted one once each."""
    timings = [json.loads((run / "timings.json").read_text(encoding="utf-8")) for run in runs]
    return float(sum(t["preparing"] + sum(t["epochs"]) + t["finishing"] for t in timings))


def _answer_in(folder: Path, seconds: float) -> Answer:
    labels = pd.read_csv(folder / "label_quality.csv").sort_values("index")
    # A run's labels are ranked by what its training said of them.
    ranked_by = labels["quality" if "quality" in labels else "p_given"]
    return Answer(ranked_by.to_numpy(), labels["suspected"].to_numpy().astype(bool), seconds)
