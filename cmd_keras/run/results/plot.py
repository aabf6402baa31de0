"""Plots of runs that were made before."""

import csv
import os
from collections.abc import Sequence

from cmd_keras.errors import InputError
from cmd_keras.plots.comparison import draw_comparison
from cmd_keras.plots.run import draw_curves
from cmd_keras.run.folder.whole_file import whole
from cmd_keras.run.results.recorded_run import RecordedRun
from cmd_keras.user_path import user_path


def plot_runs(paths: Sequence[str | os.PathLike], output: str | os.PathLike) -> None:
    """Draw one run, or lay several over each other.

    Args:
        paths: Run folders; they need not have ended.
        output: PNG file, written whole or not at all.

    Raises:
        InputError: if a folder holds no run, or no finished epoch.
    """
    runs = [RecordedRun(path) for path in paths]
    with whole(user_path(output).resolve()) as unfinished:
        try:
            if len(runs) == 1:
                draw_curves(runs[0].history(), len(runs[0].class_names), str(paths[0]), unfinished)
            else:
                curves = {label: (run.history(), _count(run)) for label, run in _labelled(runs)}
                draw_comparison(curves, unfinished)
        except KeyError as error:
            raise InputError(
                f"Cannot draw {' or '.join(map(str, paths))}: history.csv has no column {error}. "
                "It is not that of a run, or was changed since."
            ) from None


def _labelled(runs: list[RecordedRun]) -> list[tuple[str, RecordedRun]]:
    """Every run with what tells it from the others."""
    names = [run.folder.path.resolve().name for run in runs]
    if len(set(names)) < len(names):
        names = [str(run.folder.path) for run in runs]
    if len(set(names)) < len(names):
        raise InputError(f"A run was named twice: {max(names, key=names.count)}.")
    labels = []
    for name, run in zip(names, runs, strict=True):
        s = run.settings
        passes_p = s.knowledge == "prediction" and s.mode != "zero"
        method = s.method if s.mode is None else f"{s.mode}, {s.self_kd}"
        method += ", predictions" if passes_p else ""
        labels.append(f"{name}: {s.dataset} {s.noise}, {method}, seed {s.seed}")
    return list(zip(labels, runs, strict=True))


def _count(run: RecordedRun) -> int:
    """How many training labels the run has."""
    path = run.folder.path / "labels.csv"
    try:
        # Not its lines: a name of a file may have several.
        with path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None
