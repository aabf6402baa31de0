"""Arrays with other labels."""

import re
from pathlib import Path

import numpy as np

from cmd_keras.data.files.npz_file import read_arrays
from cmd_keras.relabel.changes import Changes

_NAME = re.compile(r"(.+)\[([0-9]+)\]")


def write_npz(source: Path, changes: Changes, path: Path) -> None:
    """Write the arrays again.

    Args:
        source: The npz file.
        changes: Of its examples, which are named as in `x_train[3]`.
        path: The file to write.
    """
    arrays = read_arrays(source)
    written = {name: array.copy() for name, array in arrays.items()}
    example_of = changes.example_of()
    for name, label in changes.relabelled.items():
        labels, at = _place(name)
        # As that class is written in this file: as a number, a text or a one-hot row.
        other, example = _place(example_of[label])
        written[labels][at] = arrays[other][example]
    for x, y, removed in _by_array(changes.removed):
        for name in (x, y):
            written[name] = np.delete(written[name], removed, axis=0)
    np.savez(path, **written)


def _place(name: str) -> tuple[str, int]:
    """The array of labels and the number in it."""
    x, at = _NAME.fullmatch(name).groups()
    return f"y{x.removeprefix('x')}", int(at)


def _by_array(names: frozenset[str]) -> list[tuple[str, str, list[int]]]:
    found: dict[str, list[int]] = {}
    for labels, at in map(_place, names):
        found.setdefault(labels, []).append(at)
    return [(f"x{y.removeprefix('y')}", y, places) for y, places in found.items()]
