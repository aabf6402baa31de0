"""How classes are taken for others, as a file or a review says it."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cmd_keras.counted import counted
from cmd_keras.errors import InputError, first_line
from cmd_keras.listed import listed
from cmd_keras.user_path import user_path

Matrix = tuple[tuple[float, ...], ...]

# Of a row that sums to 1, what rounding a hundred numbers to so many digits may change is nothing.
_DIGITS = 6


class ReviewedMatrix(tuple):
    """T as a review estimates it: its rows, and of which labels they are."""

    path: str
    class_names: tuple[str, ...] | None
    noise: str | None

    @classmethod
    def made(cls, rows: Any, path: str, class_names: Any, noise: str | None) -> "ReviewedMatrix":
        """The matrix.

        Args:
            rows: T, which becomes tuples.
            path: The folder of the review.
            class_names: Of its data; None of a review that did not write them down.
            noise: Added to their labels; None where that is not known.
        """
        matrix = cls(_rounded(rows))
        matrix.path, matrix.noise = path, noise
        matrix.class_names = None if class_names is None else tuple(class_names)
        return matrix

    def to_json(self) -> dict[str, Any]:
        """What `made` takes."""
        names = None if self.class_names is None else list(self.class_names)
        rows = list(map(list, self))
        return {"rows": rows, "path": self.path, "class_names": names, "noise": self.noise}


def matrix_at(path: str) -> Matrix:
    """T, T_ij = P(given label j | true class i), rounded to six digits.

    Args:
        path: A table of numbers, `.csv` without a heading, or `.npy`; or the folder of a review
            (`cmd-keras review`) that has ended, which estimates it for the training part.

    Raises:
        InputError: if there is none.
    """
    where = user_path(path)
    try:
        if where.is_dir():
            metrics = _metrics_of(where)
            noise = metrics.get("settings", {}).get("noise")
            names = metrics.get("class_names")
            return ReviewedMatrix.made(metrics["train"]["matrix"], path, names, noise)
        return _rounded(_of_file(where))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"Cannot read a transition matrix from {path}: {first_line(error)}. Name a .csv or "
            ".npy file of numbers, a row for each true class, a column for each given one, or the "
            "folder of a review that has ended."
        ) from None


def check_labels(transition: Matrix, class_names: Sequence[str], noise: str) -> None:
    """Require that a review is one of labels as those that are learned.

    Args:
        transition: Of the method; of one that is from no review nothing is known.
        class_names: Of the data.
        noise: Added to their labels.

    Raises:
        InputError: saying what is another one.
    """
    if not isinstance(transition, ReviewedMatrix):
        return
    of = transition.class_names
    if of is not None and of != tuple(class_names):
        raise InputError(
            f"{transition.path} is the review of data with the classes {listed(of, 10)}, and these "
            f"have {listed(class_names, 10)}. Take the review of the same data."
        )
    # Only here is it needed, and takes time.
    from cmd_keras.data.noise import Noise

    if transition.noise is not None and Noise.parse(transition.noise) != Noise.parse(noise):
        raise InputError(
            f"{transition.path} is the review of labels with noise={transition.noise}, and these "
            f"have noise={noise}: its matrix is not theirs. Name a review with noise={noise}, or "
            "leave transition out."
        )


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


def _rounded(rows: Any) -> Matrix:
    return tuple(tuple(round(float(x), _DIGITS) for x in row) for row in rows)


def _metrics_of(folder: Path) -> dict[str, Any]:
    if not (folder / "metrics.json").is_file():
        raise ValueError("it has no metrics.json, so it is not that of a review that has ended")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    found = metrics.get("train", {})
    if "matrix" not in found:
        raise ValueError("its metrics.json is not that of a review")
    if not found["tells"]:
        raise ValueError("the networks of this review know too little of the labels to tell")
    return metrics


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
