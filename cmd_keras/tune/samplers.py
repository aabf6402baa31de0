"""What chooses the constants of a trial: a sampler of Optuna, with a seed for each trial."""

from collections.abc import Callable
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, QMCSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial


def sampler_named(name: str, seed: int) -> BaseSampler:
    """The sampler of a search.

    Args:
        name: `tpe`, `random` or `qmc`.
        seed: Of the search.
    """
    return _SeededByTrial(
        {
            # A trial that is still going on counts as a poor one, so that others try elsewhere.
            "tpe": lambda own: TPESampler(seed=own, constant_liar=True),
            "random": lambda own: RandomSampler(seed=own),
            # One sequence for all trials, whose next place the study keeps; what does not follow
            # it, as the first trial, is drawn.
            "qmc": lambda own: QMCSampler(seed=seed, independent_sampler=RandomSampler(seed=own)),
        }[name],
        seed,
    )


class _SeededByTrial(BaseSampler):
    """Draws for a trial what its number says, whichever process of whichever machine asks.

    A sampler whose stream began with the process would draw the same constants again when the
    search goes on, and on each machine that shares the study.

    Args:
        made: A sampler of Optuna with a seed. All else that it knows stands in the study.
        seed: Of the search.
    """

    def __init__(self, made: Callable[[int], BaseSampler], seed: int) -> None:
        self._made, self._seed = made, seed
        self._number: int | None = None
        self._sampler: BaseSampler | None = None

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """What is drawn together."""
        # Optuna before 5 asks for a trial that goes on, too, which has its constants already.
        return {} if trial.params else self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The values that are drawn together."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """A value that is drawn by itself."""
        return self._of(trial).sample_independent(study, trial, param_name, param_distribution)

    def _of(self, trial: FrozenTrial) -> BaseSampler:
        if self._sampler is None or trial.number != self._number:
            seeds = np.random.SeedSequence([self._seed, trial.number])
            self._number = trial.number
            self._sampler = self._made(int(seeds.generate_state(1)[0]))
        return self._sampler
