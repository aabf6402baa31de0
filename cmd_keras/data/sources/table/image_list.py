"""The image files that a table lists."""

import dataclasses
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data.files import decoding
from cmd_keras.data.files.path_text import show_path, spell_path
from cmd_keras.data.files.spelled_alike import SpelledAlike
from cmd_keras.data.files.table_file import TableFile, read_table
from cmd_keras.data.sources.table.row_parts import say_parts_unused
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.user_path import user_path

if TYPE_CHECKING:
    import pandas as pd

# What may be left out at the end of a path.
_SUFFIXES = tuple(s for suffix in decoding.EXTENSIONS for s in (suffix, suffix.upper()))


@dataclasses.dataclass(frozen=True)
class ImageList:
    """A table with the file that each row is about.

    Args:
        table: The table.
        base: What paths in it are relative to.
        paths: `n`, where the file of each row is.
    """

    table: TableFile
    base: Path
    paths: list[Path]

    @classmethod
    def read(
        cls,
        path: str,
        target: str,
        files: str | None,
        data_dir: str | None,
        parts: str | None = None,
    ) -> "ImageList":
        """The list in a table.

        Args:
            path: Of the table.
            target: Its column of labels.
            files: Its column of paths; None is the only other one in which every cell ends as
                image files do.
            data_dir: What paths are relative to; None is the folder of the table.
            parts: Its column that says which part a row is of, if one does.

        Raises:
            InputError: if the table cannot be read, it is unclear which column has the paths, or
                which file one of them means, or none of the files is there.
        """
        table, target = read_table(path), canonicalize(target)
        own = [target] if parts is None else [target, parts]
        table.check_columns(own)
        if not len(table.cells):
            raise InputError(
                f"{path} has no row below the names of its columns: no image is listed."
            )
        column = _paths_column(table, own, files)
        base = base_of(path, data_dir)
        texts = table.cells[column].tolist()
        known = SpelledAlike()
        paths = [_file_at(base, text, known) for text in texts]
        if not any(map(os.path.exists, paths)):
            raise InputError(
                f"None of the {len(paths):,} files in the column {column!r} of {path} is in "
                f"the folder {show_path(base)}: {show_path(texts[0])!r} is not. Name what the "
                "paths are relative to as data_dir, or another column as files."
            )
        return cls(table, base, paths)

    def rows_of_files(self, labels: np.ndarray, parts: str | None = None) -> np.ndarray:
        """One row for each file, the first that names it.

        Args:
            labels: `[n]`, of the rows.
            parts: The column that says which part a row is of, if one does.

        Returns:
            Numbers of rows, ascending.

        Raises:
            InputError: if a file has two labels, or is in two parts.
        """
        rows = self._rows()
        advice = "Give each file one label, such as the one that most people gave it."
        self._check_one(rows, labels, "labels", advice)
        if parts is not None:
            said = self.table.cells[parts].to_numpy()
            self._check_one(rows, said, "parts", "Leave each file in one of them.")
        if twice := len(labels) - len(rows):
            notice(
                f"{counted(twice, 'row')} of {self.table.path} {'name' if twice > 1 else 'names'} "
                "a file, with its label, that another row has named; each file is used once."
            )
        return np.array([of_file[0] for of_file in rows.values()], np.int64)

    def _check_one(
        self, rows: dict[str, list[int]], said: np.ndarray, what: str, advice: str
    ) -> None:
        for path, of_file in rows.items():
            if len(set(said[of_file].tolist())) > 1:
                wrong = np.isin(np.arange(len(said)), of_file)
                raise InputError(
                    f"{self.table.path} gives {show_path(path)} different {what} in "
                    f"{self.table.name_lines(wrong)}. {advice}"
                )

    def name_of(self, row: int) -> str:
        """What the file of a row is called: its path, below the base where it is there."""
        path = self.paths[row]
        below = path.is_relative_to(self.base)
        return spell_path((path.relative_to(self.base) if below else path).as_posix())

    def lines(self) -> dict[str, list[int]]:
        """The lines that each file stands in, by its name."""
        return {
            self.name_of(rows[0]): [int(self.table.lines[row]) for row in rows]
            for rows in self._rows().values()
        }

    def _rows(self) -> dict[str, list[int]]:
        rows = defaultdict(list)
        for row, path in enumerate(self.paths):
            rows[os.path.realpath(path)].append(row)
        return rows


def base_of(path: str, data_dir: str | None) -> Path:
    """What the paths in a table are relative to.

    Args:
        path: Of the table.
        data_dir: As the user named it.
    """
    return user_path(Path(path).parent if data_dir is None else data_dir)


def _paths_column(table: TableFile, own: list[str], files: str | None) -> str:
    others = table.cells.columns.drop(own)
    if files is not None:
        found = [canonicalize(files)]
        table.check_columns(found)
    else:
        found = [name for name in others if _names_images(table.cells[name])]
    if not found:
        _check_not_taken(table, own)
    if len(found) != 1:
        problem = f"The columns {' and '.join(map(repr, found))} of" if found else "No column of"
        raise InputError(
            f"{problem} {table.path} {'hold' if found else 'holds'} names of image files "
            f"({', '.join(decoding.EXTENSIONS)}). Say which one has the paths, as files; of its "
            f"cells the suffix may be left out. Columns: {', '.join(map(repr, others))}."
        )
    if (empty := (table.cells[found[0]] == "").to_numpy()).any():
        raise InputError(
            f"The column {found[0]!r} of {table.path} names no file in {table.name_lines(empty)}. "
            "Fill in the paths, or remove these rows."
        )
    unused = [name for name in others if name != found[0]]
    say_parts = say_parts_unused(table, unused)
    if passed_over := [name for name in unused if name not in say_parts]:
        *first, last = map(repr, (found[0], *own))
        notice(
            f"Of {table.path} the columns {', '.join(first)} and {last} are used; passed over: "
            f"{', '.join(map(repr, passed_over))}."
        )
    return found[0]


def _check_not_taken(table: TableFile, own: list[str]) -> None:
    for name, role in zip(own, ("target", "parts"), strict=False):
        if _names_images(table.cells[name]):
            raise InputError(
                f"The column {name!r} of {table.path} holds names of image files, no other does, "
                f"and it is named as {role}. Instead of {role}={name!r} name one of "
                f"{', '.join(map(repr, table.cells.columns.drop(own)))}."
            )


def _names_images(cells: "pd.Series") -> bool:
    """Whether all that is written in a column ends as image files do."""
    written = cells[cells != ""]
    return len(written) > 0 and written.str.lower().str.endswith(decoding.EXTENSIONS).all()


def _file_at(base: Path, text: str, known: SpelledAlike) -> Path:
    """Where a file is that a cell names, perhaps as Windows does, perhaps without its suffix.

    Raises:
        InputError: if it has no suffix, and files with several are there.
    """
    path = base / user_path(text)
    for place in dict.fromkeys((path, base / text.replace("\\", "/"))):
        for suffixes in (("",), _SUFFIXES) if place.name else ():
            found = [path for path in known.find_ending(place, suffixes) if path.is_file()]
            if found:
                _refuse_several(found, text)
                return found[0]
    return path


def _refuse_several(found: list[Path], text: str) -> None:
    files = {os.path.realpath(path): show_path(path.name) for path in found}
    if len(files) > 1:
        raise InputError(
            f"The path {show_path(text)!r} has no suffix, and {' and '.join(files.values())} are "
            f"in {show_path(found[0].parent)}: it is not clear which of them is meant. Write all "
            "paths with their suffixes."
        )
