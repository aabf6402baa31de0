"""What is to be searched: a value that can be written down, and compared with that of a study."""

import dataclasses
from collections.abc import Collection
from typing import Any

from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.run.settings.check import check
from cmd_keras.run.settings.choice import check_choice
from cmd_keras.run.settings.method import CONSTANTS_OF, named_method
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.tune.space import ALSO, SEARCHED, Numbers

SAMPLERS = ("tpe", "random", "qmc")
PRUNERS = ("median", "hyperband", "none")
# The share that the paper holds out to search by, appendix A.2.
PAPER_SHARE = 0.1


@dataclasses.dataclass(frozen=True)
class Search:
    """What is searched.

    Args:
        base: What all trials have in common. A constant that is given there is not searched.
            Where it names no validation share a tenth is held out, as in the paper, unless the
            data have a validation part of their own.
        also: Settings to search besides η, b₂ and b₁, where the method hears these: names
            in `cmd_keras.tune.space.ALSO`.
        seeds: How many runs a trial is the mean of, of seeds from that of `base` on.
        sampler: `tpe`, `random` or `qmc` (quasi Monte Carlo), of Optuna.
        pruner: `median`, `hyperband` or `none`, of Optuna: which trials end early.
    """

    base: TrainSettings
    also: tuple[str, ...] = ()
    seeds: int = 1
    sampler: str = "tpe"
    pruner: str = "median"

    def check(self) -> None:
        """Require that there is something to search, and that runs can begin.

        Raises:
            InputError: if not.
        """
        for name in self.also:
            if name not in ALSO:
                hint = did_you_mean(name, ALSO)
                always = ", ".join(SEARCHED)
                raise InputError(
                    f"also: {name!r} cannot be searched.{hint} Known: {', '.join(ALSO)}; {always} "
                    "are searched in any case, where the method hears them."
                )
            if getattr(self.base, name) is not None:
                raise InputError(
                    f"{name} is to be searched, and is given as {getattr(self.base, name)}. Leave "
                    "one out."
                )
        check_choice("sampler", self.sampler, SAMPLERS)
        check_choice("pruner", self.pruner, PRUNERS)
        if not 1 <= self.seeds <= 1000:
            raise InputError(f"seeds must lie between 1 and 1000, received {self.seeds}.")
        check(self.base)
        _, heard = named_method(self.base)
        self._check_heard({*heard, *(c for name in self.also for c in CONSTANTS_OF.get(name, ()))})
        self._check_bounds(heard)
        open_ones = [
            name for name in SEARCHED if name in heard and getattr(self.base, name) is None
        ]
        if not open_ones and not self.also:
            raise InputError(
                "There is nothing to search: of eta, b2, b1 and the constants of S2E's schedule "
                "the method hears none, or they are given. Name something in `also`: "
                f"{', '.join(self._open(heard))}."
            )

    def _check_bounds(self, heard: Collection[str]) -> None:
        """Require that numbers may be all that is searched, beside those that are given."""
        for name in self.also:
            values = ALSO[name]
            if name not in heard or not isinstance(values, Numbers):
                continue
            for bound in (values.low, values.high):
                try:
                    named_method(self.base.changed(**{name: bound}))
                except InputError as error:
                    raise InputError(
                        f"also: {name} is searched from {values.low:g} to {values.high:g}, and "
                        f"with what is given it may not be {bound:g}. {error}"
                    ) from None

    def _open(self, heard: Collection[str]) -> list[str]:
        """What may be searched if it is asked for: what makes a difference, and is not given."""
        return [
            name
            for name in ALSO
            if (name in heard or name not in CONSTANTS_OF["method"])
            and getattr(self.base, name) is None
        ]

    def _check_heard(self, by_some_trial: set[str]) -> None:
        """Require that what is to be searched makes a difference in some trial."""
        for name in self.also:
            if name in CONSTANTS_OF["method"] and name not in by_some_trial:
                raise InputError(
                    f"also: {name} makes no difference to method={self.base.method}, with the "
                    "settings that are given. Leave it out, or choose a method, mode or "
                    "self-distillation that hears it."
                )

    def to_json(self) -> dict[str, Any]:
        """What tells this search from others; where the data lie is not part of it."""
        # What the share is where none is named, the data tell, which may not be read yet.
        share = self.base.validation_split or PAPER_SHARE
        base = {**self.base.to_json(), "data_dir": None, "validation_split": share}
        return {"base": base, "also": sorted(self.also), "seeds": self.seeds}
