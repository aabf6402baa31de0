"""The trials of a study, as a file and in the terminal."""

import json
from collections.abc import Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState
from rich.console import Console

from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.say import say, show_table
from cmd_keras.tune.trials_table import trials_table, words_of_changes


def changes_of(trial: FrozenTrial) -> dict[str, Any]:
    """What the trial changed of the settings that all have in common."""
    return json.loads(trial.user_attrs.get("begun", '{"changes": {}}'))["changes"]


def best_trials(trials: Sequence[FrozenTrial], most: int) -> list[FrozenTrial]:
    """So many with the highest accuracy on the validation share; of equal ones the first."""
    complete = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    return sorted(complete, key=lambda trial: -trial.value)[:most]


def best_of(trials: Sequence[FrozenTrial]) -> FrozenTrial | None:
    """The best trial, if one has come to an end."""
    return next(iter(best_trials(trials, 1)), None)


def count_ended(trials: Sequence[FrozenTrial]) -> int:
    """How many have ended, whatever came of them."""
    return sum(trial.state.is_finished() for trial in trials)


def words_of(trial: FrozenTrial) -> str:
    """A line about a trial that has ended."""
    constants = words_of_changes(changes_of(trial))
    if trial.state is TrialState.COMPLETE:
        return f"trial {trial.number}: {constants}: {trial.value:.2%} on the validation share"
    ended = "ended early" if trial.state is TrialState.PRUNED else "failed "
    return f"trial {trial.number}: {constants}: {ended}"


def write_trials(folder: WholeFolder, trials: Sequence[FrozenTrial]) -> None:
    """Write `trials.csv`: a line a trial, with every digit."""
    names = list(dict.fromkeys(name for trial in trials for name in changes_of(trial)))
    header = ("trial", "state", "validation_mean_accuracy", *names, "seconds", "failure")
    folder.write_csv("trials.csv", header, (_line(trial, names) for trial in trials))


def print_trials(console: Console, trials: Sequence[FrozenTrial], most: int = 10) -> None:
    """Print the best of them."""
    best = best_trials(trials, most)
    say(console, f"\nthe best {len(best)} of {len(trials)} trials")
    lines = [((str(t.number), f"{t.value:.2%}"), changes_of(t)) for t in best]
    show_table(console, trials_table(console, ("trial", "validation"), lines))


def _line(trial: FrozenTrial, names: list[str]) -> list[Any]:
    changes = changes_of(trial)
    seconds = trial.duration.total_seconds() if trial.duration else None
    value = trial.value if trial.state is TrialState.COMPLETE else None
    constants = [changes.get(name) for name in names]
    state, failure = trial.state.name.lower(), trial.user_attrs.get("failure")
    return [trial.number, state, value, *constants, seconds, failure]
