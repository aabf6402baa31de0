"""The labels of one part of a data set, with what is thought of them and what they are of."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cmd_keras.data.inputs import Inputs
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.label_review.no_class import NO_CLASS
from cmd_keras.review_page.pictures import pictures, pictures_of_files
from cmd_keras.review_page.rows import row_of_cells, row_of_numbers

# All suspected labels and some that are nearly so, and what is doubtful in another way, as far as
# a browser holds them.
MOST, BESIDE = 2000, 100
# Of these one in so many is kept for the latter: their labels are probable, so that they would be
# the first to be left out.
_ONE_IN = 4


@dataclasses.dataclass(frozen=True)
class Judged:
    """What the page is made from.

    Args:
        examples: What they are called.
        inputs: `n` of them.
        given: `[n]`, the labels, 0 … C-1.
        belief: `[n, C]`, the probability of each class with all that is known.
        suspected: `[n]` booleans.
        cells: For each name the row of the table that it stands for, by column; None where
            the data are no table.
        folder: Below which names are those of image files; None where they are not.
        near_duplicate: `n` names of near-duplicates with another label, "" where there is none.
            None where none were looked for.
        no_class: `[n]`, how little each belongs to any class, NaN where that is not known, or None.
        no_class_from: From which on that is said.
    """

    examples: NamedExamples
    inputs: Inputs
    given: np.ndarray
    belief: np.ndarray
    suspected: np.ndarray
    cells: dict[str, dict[str, str]] | None = None
    folder: Path | None = None
    near_duplicate: Sequence[str] | None = None
    no_class: np.ndarray | None = None
    no_class_from: float = NO_CLASS

    def shown(self, most: int = MOST) -> list[dict[str, Any]]:
        """The examples that the page shows, as JSON has them, the most suspicious first.

        Args:
            most: How many at most.
        """
        p_given = self.belief[np.arange(len(self.given)), self.given]
        order = np.argsort(p_given, kind="stable")
        chosen = self._chosen(order, most)
        others = self.belief[chosen].copy()
        others[np.arange(len(chosen)), self.given[chosen]] = -1.0
        other = others.argmax(axis=1)
        looks = dict(zip(*self._looks(chosen), strict=True))
        return [
            {
                **self._names_of(place),
                "given": int(self.given[place]),
                "other": int(other[i]),
                "p_given": round(float(p_given[place]), 4),
                "p_other": round(float(others[i, other[i]]), 4),
                "suspected": bool(self.suspected[place]),
                **self._beside(place),
                **looks[int(place)],
            }
            for i, place in enumerate(chosen)
        ]

    def _names_of(self, place: int) -> dict[str, Any]:
        """By what an example is told apart."""
        names, keys = self.examples.names, self.examples.keys
        return {
            "part": self.examples.part,
            "index": int(self.examples.index[place]),
            "name": None if names is None else names[place],
            **({} if keys is None else {"key": keys[place]}),
        }

    def _chosen(self, order: np.ndarray, most: int) -> np.ndarray:
        """Those of `order` that are shown, as they follow each other there."""
        first = np.arange(len(order)) < int(self.suspected.sum()) + BESIDE
        doubtful = np.array([bool(self._beside(place)) for place in order])
        kept = most // _ONE_IN
        shown = _foremost(first, most - kept)
        shown |= _foremost(doubtful & ~shown, kept)
        # What one of them leaves is for the other.
        shown |= _foremost((first | doubtful) & ~shown, most - np.count_nonzero(shown))
        return order[shown]

    def _beside(self, place: int) -> dict[str, Any]:
        """What else makes an example doubtful; nothing for most."""
        said: dict[str, Any] = {}
        if self.near_duplicate and self.near_duplicate[place]:
            said["near_duplicate"] = self.near_duplicate[place]
        # NaN compares as False.
        if self.no_class is not None and self.no_class[place] >= self.no_class_from:
            said["no_class"] = round(float(self.no_class[place]), 3)
        return said

    def _looks(self, chosen: np.ndarray) -> tuple[list[int], Iterable[dict[str, Any]]]:
        """Places in ascending order, and what an example looks like: a picture, or a row."""
        places = np.sort(chosen)
        if self.cells is not None:
            rows = (self.cells.get(self.examples.names[place], {}) for place in places)
            return places.tolist(), ({"row": row_of_cells(row)} for row in rows)
        if self.folder is not None:
            return places.tolist(), ({"picture": picture} for picture in self._files(places))
        if len(self.inputs.shape) == 3:
            return places.tolist(), ({"picture": picture} for picture in self._drawn(places))
        arrays = self.inputs.subset(places).in_order().as_numpy_iterator()
        return places.tolist(), ({"row": row_of_numbers(array)} for array in arrays)

    def _drawn(self, places: np.ndarray) -> Iterable[str | None]:
        part = self.inputs.subset(places)
        return pictures(lambda: part.in_order().as_numpy_iterator(), self.inputs.shape)

    def _files(self, places: np.ndarray) -> Iterable[str | None]:
        """Pictures of the files, whole, which the networks may see cut and far smaller."""
        names = self.examples.names
        found = list(pictures_of_files(self.folder / names[place] for place in places))
        # A file whose name is no text, or that is gone, looks as the networks saw it.
        lacking = [i for i, picture in enumerate(found) if picture is None]
        if lacking:
            for i, picture in zip(lacking, self._drawn(places[lacking]), strict=True):
                found[i] = picture
        return found


def _foremost(wanted: np.ndarray, count: int) -> np.ndarray:
    """The first `count` of what is wanted."""
    return wanted & (np.cumsum(wanted) <= count)
