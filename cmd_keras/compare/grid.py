"""All runs of a comparison: rows, noise and seeds on one data set."""

import dataclasses
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cmd_keras.compare.row import Row
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.run.settings.check import check
from cmd_keras.run.settings.method import CONSTANTS_OF
from cmd_keras.run.settings.recipes import BROUGHT
from cmd_keras.run.settings.train_settings import TrainSettings


@dataclasses.dataclass(frozen=True)
class Cell:
    """One run of a comparison.

    Args:
        row: Its name.
        noise: As in the settings.
        seed: Of weights, order and noise.
        settings: All that decides the run.
    """

    row: str
    noise: str
    seed: int
    settings: TrainSettings

    @property
    def path(self) -> Path:
        """Its folder, below that of the comparison."""
        return Path("runs", _as_file(self.row), _as_file(self.noise), f"seed-{self.seed}")


@dataclasses.dataclass(frozen=True)
class Grid:
    """What is compared.

    Args:
        base: The settings that all runs share.
        rows: The methods.
        noises: `none`, `sym:RATE`, `pair:RATE` or `inst:RATE`, one or more.
        seeds: One or more; runs of one seed are trained on the same wrong labels, and begin
            with the same weights.
        trusted: Every `module:function` that may be imported. None, for a grid that is
            written in Python, are those that it names.
    """

    base: TrainSettings
    rows: tuple[Row, ...]
    noises: tuple[str, ...]
    seeds: tuple[int, ...]
    trusted: frozenset[str] | None = dataclasses.field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.trusted is None:
            # Here, before rows that a file names are added.
            named = (self.base.changed(**row.changes).trusted for row in self.rows)
            object.__setattr__(self, "trusted", self.base.trusted.union(*named))

    def no_row(self, name: str) -> str:
        """The end of a sentence about a row that is not there, with those that are."""
        known = [row.name for row in self.rows]
        return f"no row {name!r}.{did_you_mean(name, known)} Rows: {', '.join(known)}."

    def without(self, names: Sequence[str]) -> "Grid":
        """The same but for some rows.

        Args:
            names: Of rows that there are, not of all.

        Raises:
            InputError: if there is no such row, or none would be left.
        """
        known = [row.name for row in self.rows]
        for name in names:
            if name not in known:
                raise InputError(f"There is {self.no_row(name)}")
        left = tuple(row for row in self.rows if row.name not in names)
        if not left:
            raise InputError("A comparison needs at least one row, and none would be left.")
        return dataclasses.replace(self, rows=left)

    def cells(self) -> list[Cell]:
        """All runs, seed by seed, so that a comparison that is stopped has all rows."""
        return [
            Cell(row.name, noise, seed, self.settings(row, noise, seed))
            for seed, noise, row in itertools.product(self.seeds, self.noises, self.rows)
        ]

    def settings(self, row: Row, noise: str, seed: int) -> TrainSettings:
        """Those of one run: what is given for all rows holds in each that does not name it."""
        settings = self.base.changed(**row.changes, noise=noise, seed=seed)
        # A network or a recipe that a row names would bring its own.
        given = {name: getattr(self.base, name) for name in BROUGHT if name not in row.changes}
        kept = {name: value for name, value in given.items() if value is not None}
        return dataclasses.replace(settings, **kept, trusted=self.trusted)

    def check(self) -> None:
        """Require that every run can begin, as far as that is known without the data.

        Raises:
            InputError: naming the first row that cannot.
        """
        for what, values in (("row", self.rows), ("noise", self.noises), ("seed", self.seeds)):
            if not values:
                raise InputError(f"A comparison needs at least one {what}, and has none.")
        for name in ("method", *CONSTANTS_OF["method"]):
            if getattr(self.base, name) != getattr(TrainSettings(), name):
                # A row that names a method has constants of its own: it would drop this one.
                raise InputError(
                    f"{name} is of the method of a row, and is given for all. Write it behind the "
                    f"method, as in 'cmd-p+mconf {name}={getattr(self.base, name)}'."
                )
        _check_different("rows", [_as_file(row.name) for row in self.rows])
        _check_different("noises", [_as_file(noise) for noise in self.noises])
        _check_different("seeds", [str(seed) for seed in self.seeds])
        # Only here is numpy needed, which takes as long as all the rest.
        from cmd_keras.data.noise import Noise

        for noise in self.noises:
            Noise.parse(noise)
        for row, noise in itertools.product(self.rows, self.noises):
            try:
                _check_one_network(self.base, row)
                check(self.settings(row, noise, self.seeds[0]))
            except InputError as error:
                raise InputError(f"Row {row.name!r}: {error}") from None
        check(self.settings(self.rows[0], self.noises[0], max(self.seeds)))

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        rows = {row.name: _jsonable(row.changes) for row in self.rows}
        base = self.base.to_json()
        return {"base": base, "rows": rows, "noises": [*self.noises], "seeds": [*self.seeds]}

    @classmethod
    def from_json(cls, values: dict[str, Any], trusted: frozenset[str] = frozenset()) -> "Grid":
        """A grid read from a file, which is not believed where it names code.

        Args:
            values: Of `to_json`.
            trusted: Every `module:function` that may be imported.

        Raises:
            InputError: if they are none.
        """
        try:
            base = TrainSettings.from_json(values["base"])
            for name in ("noises", "seeds"):
                if not isinstance(values[name], list):
                    raise TypeError(f"{name} is no list")
            names = values["rows"].items()
            rows = tuple(Row(name, _as_settings(changes)) for name, changes in names)
            return cls(base, rows, tuple(values["noises"]), tuple(values["seeds"]), trusted)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"This is no grid of a comparison: {error}.") from None


def _check_different(what: str, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"Two {what} are called {twice}. Give each a name of its own.")


def _check_one_network(base: TrainSettings, row: Row) -> None:
    """Require that it is plain which networks a row has."""
    for name in ("network_a", "network_b"):
        given, named = getattr(base, name), row.changes.get("network")
        if given is not None and named is not None and name not in row.changes:
            raise InputError(
                f"network={named} is that of both peers, and {name} {given} is given for all rows. "
                f"Name both in this row, as {name}={given}, or give {name} in the rows that are to "
                "have it."
            )


def _as_settings(changes: dict[str, Any]) -> dict[str, Any]:
    read = TrainSettings.from_json(changes)
    return {name: getattr(read, name) for name in changes}


def _jsonable(changes: dict[str, Any]) -> dict[str, Any]:
    written = TrainSettings(**changes).to_json()
    return {name: written[name] for name in changes}


def _as_file(name: str) -> str:
    return re.sub(r"[^\w.+=-]+", "-", name).strip("-.") or "-"
