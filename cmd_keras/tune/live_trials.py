"""The trials of a search while they are made, on a terminal."""

import contextlib
from collections.abc import Iterator, Sequence

import optuna
from rich.console import Console
from rich.live import Live
from rich.table import Table

from cmd_keras.tune.trial import Trial
from cmd_keras.tune.trials_table import trials_table
from cmd_keras.tune.write_trials import best_trials, changes_of

_BEST = 5


class LiveTrials:
    """A table below the lines: the trials that are going on, and the best so far.

    Args:
        console: Where it is shown, if that is a terminal.
        study: Of the trials.
    """

    def __init__(self, console: Console, study: optuna.Study) -> None:
        self._study = study
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._shown = console.is_terminal

    @contextlib.contextmanager
    def shown(self) -> Iterator["LiveTrials"]:
        """While this block runs; afterwards it is gone."""
        with self._live if self._shown else contextlib.nullcontext():
            yield self

    def show(self, going: Sequence[Trial]) -> None:
        """The table as it is now."""
        if self._shown:
            self._live.update(self.table(going), refresh=True)

    def table(self, going: Sequence[Trial]) -> Table:
        """What is shown.

        Args:
            going: The trials that are going on.
        """
        best = best_trials(self._study.get_trials(deepcopy=False), _BEST)
        lines = [
            *((t.trial.number, _how_far(t), t.latest, t.changes) for t in going),
            *((t.number, "ended", t.value, changes_of(t)) for t in best),
        ]
        shown = [
            ((str(number), state, "–" if value is None else f"{value:.2%}"), changes)
            for number, state, value, changes in lines
        ]
        return trials_table(self._console, ("trial", "epoch", "validation"), shown)


def _how_far(trial: Trial) -> str:
    return "begins" if trial.epochs is None else f"{trial.reached}/{trial.epochs}"
