"""Arrays with other labels."""

import re
import zipfile
from pathlib import Path

import numpy as np

from cmd_keras.counted import counted
from cmd_keras.data.files.npz_file import read_arrays
from cmd_keras.data.sources.part_names import role_of
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.relabel.changes import Changes

_NAME = re.compile(r"(.+)\[([0-9]+)\]")

_Arrays = dict[str, np.ndarray]


def write_npz(source: Path, changes: Changes, path: Path) -> None:
    """Write the arrays again.

    Args:
        source: The npz file.
        changes: Of its examples, which are named as in `x_train[3]`.
        path: The file to write.

    Raises:
        InputError: if examples are left out, and it is unclear whether an array is of these.
    """
    found = read_arrays(source)
    # Whatever else is in the archive comes along as it is.
    arrays = {name: array for name, array in found.items() if isinstance(array, np.ndarray)}
    written = {name: array.copy() for name, array in arrays.items()}
    example_of = changes.example_of()
    for name, label in changes.relabelled.items():
        x, at = _place(name)
        y = _labels_of(x)
        if label in example_of:
            # As that class is written in this file: as a number, a text or a one-hot row.
            other, example = _place(example_of[label])
            value = arrays[_labels_of(other)][example]
        else:
            # A class without examples has a name, or a column, and its number.
            value = np.eye(arrays[y].shape[1])[label] if _is_one_hot(arrays[y]) else label
        written[y] = _with(written[y], at, value)
    _drop_classes(written, changes.gone())
    # The test part stays the same examples: all of them are of one array.
    if removed := [_place(name) for name in changes.removed]:
        x, _ = removed[0]
        for name in _alongside(x, arrays, len(removed), source):
            written[name] = np.delete(written[name], [at for _, at in removed], axis=0)
    _save(found | written, path)


def _drop_classes(written: _Arrays, gone: list[int]) -> None:
    """Take out what a file has for classes that nothing is called any more."""
    if not gone:
        return
    for y in (name for name in ("y", "y_train", "y_test") if name in written):
        if _is_one_hot(written[y]):
            written[y] = np.delete(written[y], gone, axis=1)
        elif "class_names" in written and written[y].dtype.kind in "biuf":
            before = np.searchsorted(gone, written[y])
            written[y] = (written[y] - before).astype(written[y].dtype)
    if "class_names" in written:
        written["class_names"] = np.delete(written["class_names"], gone)


def _save(found: dict[str, np.ndarray | bytes], path: Path) -> None:
    """Write what an npz file holds, as `np.savez` does, but under any name.

    That one adds `.npz` to a file that ends in .NPZ, and takes no array `file`, which is one of its
    own parameters.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in found.items():
            if isinstance(content, bytes):
                archive.writestr(name, content)
                continue
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, content, allow_pickle=False)


def _place(name: str) -> tuple[str, int]:
    """The array of inputs and the number in it."""
    x, at = _NAME.fullmatch(name).groups()
    return x, int(at)


def _labels_of(x: str) -> str:
    return f"y{x.removeprefix('x')}"


def _is_one_hot(y: np.ndarray) -> bool:
    return y.ndim == 2 and y.shape[1] > 1


def _with(y: np.ndarray, at: int, value: np.ndarray) -> np.ndarray:
    """The labels with another one, which they may not be wide enough for."""
    value = np.asarray(value)
    y[at] = value
    if (y[at] != value).any():
        y = y.astype(np.promote_types(y.dtype, value.dtype))
        y[at] = value
    return y


def _alongside(x: str, arrays: _Arrays, removed: int, source: Path) -> list[str]:
    """The arrays that have a row for each example of x, which leaves some out.

    Whatever has as many rows, such as names of files or a second label, is of these examples;
    where the test part has as many, names decide.
    """
    own, count = [x, _labels_of(x)], len(arrays[x])
    others = [name for name in arrays if name not in (*own, "x_test", "y_test", "class_names")]
    more = [name for name in others if arrays[name].shape[:1] == (count,)]
    if "x_test" in arrays and len(arrays["x_test"]) == count:
        roles = {name: role_of(name, loosely=True) for name in more}
        if unclear := [name for name, role in roles.items() if role is None]:
            raise InputError(
                f"{unclear[0]} in {source} has {count:,} rows, as {x} and x_test both have: it is "
                f"unclear whether the {counted(removed, 'example')} that you remove "
                f"{'are' if removed > 1 else 'is'} to be left out of it. Save it as "
                f"{unclear[0]}_train or {unclear[0]}_test."
            )
        more = [name for name, role in roles.items() if role == "train"]
    kept = [name for name in others if name not in more]
    if more:
        examples = counted(removed, "example")
        notice(f"{', '.join(more)} in {source}: written without the {examples} left out of {x}.")
    if kept:
        notice(
            f"{', '.join(kept)} in {source}: written as before. Where that is of the examples of "
            f"{x}, though not with its {count:,} rows, leave out there what was left out of {x}."
        )
    return [*own, *more]
