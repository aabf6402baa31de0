"""The folder of a comparison, to which rows, noises and seeds may be added."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from cmd_keras.compare.grid import Grid
from cmd_keras.compare.row import Row
from cmd_keras.errors import InputError
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.run.settings.same import check_same
from cmd_keras.user_path import user_path

_FILE = "comparison.json"
_T = TypeVar("_T")


class ComparisonFolder(WholeFolder):
    """A folder with `comparison.json` and a folder a run.

    Args:
        path: An existing folder.
    """

    @classmethod
    def of_comparison(cls, path: str | os.PathLike) -> "ComparisonFolder":
        """The folder of a comparison that was begun.

        Raises:
            InputError: if there is none.
        """
        if not (user_path(path) / _FILE).is_file():
            raise InputError(
                f"{path} is not the folder of a comparison: it has no {_FILE}. Name one that "
                "`cmd-keras compare` or `cmd-keras reproduce` wrote."
            )
        return cls(path)

    @classmethod
    def check(cls, path: str | os.PathLike, grid: Grid) -> Grid:
        """Require a folder that is free, or that of this comparison.

        Args:
            path: Where it is to be.
            grid: What is to be compared.

        Returns:
            What the folder will hold: a grid that was begun there keeps what it has.

        Raises:
            InputError: if something else is there, or the grid contradicts what was begun.
        """
        if cls.is_begun(path, _FILE, "a comparison"):
            return _merged(user_path(path), cls(path).grid(grid.trusted), grid)
        return grid

    def begin(self, grid: Grid) -> Grid:
        """Write down what is compared, with what has been there until now.

        Args:
            grid: What is to be compared. To be called while the folder is locked: what somebody
                else works on, or has added a moment ago, stays as it is.

        Returns:
            What the folder holds.

        Raises:
            InputError: as `check`.
        """
        grid = self.check(self.path, grid)
        self.write_json(_FILE, grid.to_json())
        return grid

    def leave_out(self, names: Sequence[str]) -> None:
        """Take rows off the comparison. Their runs stay where they are.

        Args:
            names: Of the rows. One that is given again later finds its runs.

        Raises:
            InputError: if there is no such row, none would be left, or somebody works on the
                comparison.
        """
        with self.locked():
            self.write_json(_FILE, self.grid().without(names).to_json())

    def grid(self, trusted: frozenset[str] | None = None) -> Grid:
        """What is compared.

        Args:
            trusted: Every `module:function` that may be imported.

        Raises:
            InputError: if the file that says so was damaged.
        """
        values = self.read_json(_FILE)
        try:
            return Grid.from_json(values, trusted or frozenset())
        except InputError as error:
            raise InputError(f"Cannot read {self.path / _FILE}: {error}") from None


def _merged(path: Path, begun: Grid, grid: Grid) -> Grid:
    # What a comparison varies is not of its base.
    varied = dict.fromkeys(("noise", "seed", "data_dir"))
    check_same(
        f"{path} holds another comparison",
        {**begun.base.to_json(), **varied},
        {**grid.base.to_json(), **varied},
        "Choose another folder, or leave the setting as it is there.",
    )
    rows = {row.name: row for row in begun.rows}
    for row in grid.rows:
        if row.name in rows and rows[row.name].changes != row.changes:
            raise InputError(
                f"{path} holds another comparison: its row {row.name!r} is "
                f"{_words(rows[row.name])}, and {_words(row)} was given. Give one a name of its "
                "own, as in --row 'NAME: METHOD'."
            )
        rows[row.name] = row
    return dataclasses.replace(
        grid,
        rows=tuple(rows.values()),
        noises=_together(begun.noises, grid.noises),
        # In the order in which they were added the first one would not be the lowest.
        seeds=tuple(sorted(_together(begun.seeds, grid.seeds))),
    )


def _together(first: tuple[_T, ...], second: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _words(row: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in row.changes.items())
