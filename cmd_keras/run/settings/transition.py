"""How classes are taken for others, as a file or a review says it."""

import csv
import json
from pathlib import Path
from typing import Any

from cmd_keras.counted import counted
from cmd_keras.errors import InputError, first_line

Matrix = tuple[tuple[float, ...], ...]

# Of a row that sums to 1, what rounding a hundred numbers to so many digits may change is nothing.
_DIGITS = 6


def matrix_at(path: str) -> Matrix:
    """T, T_ij = P(given label j | true class i), rounded to six digits.

    Args:
        path: A table of numbers, `.csv` without a heading, or `.npy`; or the folder of a review
            (`cmd-keras review`) that has ended, which estimates it for the training part.

    Raises:
        InputError: if there is none.
    """
    where = Path(path).expanduser()
    try:
        rows = _of_review(where) if where.is_dir() else _of_file(where)
        return tuple(tuple(round(float(x), _DIGITS) for x in row) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"Cannot read a transition matrix from {path}: {first_line(error)}. Name a .csv or "
            ".npy file of numbers, a row for each true class, a column for each given one, or the "
            "folder of a review that has ended."
        ) from None


def check_size(transition: Matrix, num_classes: int) -> None:
    """Require a row for each class.

    Raises:
        InputError: if there are more or fewer.
    """
    if len(transition) != num_classes:
        raise InputError(
            f"transition must have a row for each of the {num_classes} classes of the data, and "
            f"has {len(transition)}. Take the review of the same data."
        )


def _of_review(folder: Path) -> Any:
    if not (folder / "metrics.json").is_file():
        raise ValueError("it has no metrics.json, so it is not that of a review that has ended")
    found = json.loads((folder / "metrics.json").read_text(encoding="utf-8")).get("train", {})
    if "matrix" not in found:
        raise ValueError("its metrics.json is not that of a review")
    if not found["tells"]:
        raise ValueError("the networks of this review know too little of the labels to tell")
    return found["matrix"]


def _of_file(path: Path) -> Any:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return _square([row for row in csv.reader(file) if row])
    if path.suffix == ".npy":
        # Only here is numpy needed, which takes as long as all the rest.
        import numpy as np

        found = np.load(path, allow_pickle=False)
        if found.ndim != 2 or found.dtype.kind not in "iuf":
            raise ValueError(f"it holds {found.dtype} of the shape {found.shape}")
        return _square(found.tolist())
    raise ValueError("its name ends in neither .csv nor .npy")


def _square(rows: list[list]) -> list[list]:
    widths = sorted({len(row) for row in rows})
    if widths != [len(rows)]:
        raise ValueError(
            f"it has {counted(len(rows), 'row')} of {' and '.join(map(str, widths)) or 'no'} "
            "numbers, and must be square, without a heading or names of rows"
        )
    return rows
