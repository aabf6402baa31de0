"""Labels in an npz file: which classes there are, and the number of each example's."""

from collections.abc import Sequence

import numpy as np

from cmd_keras.data.spelling import class_order, missing
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError

_Found = dict[str, np.ndarray]


def read_labels(
    found: _Found, names: Sequence[str], path: str
) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Class names, and the labels 0 … C-1 of some arrays of a file, numbered together.

    A class is its label as it is written: no two labels that differ become one,
    whatever types and widths they are stored in.

    Args:
        found: All arrays of the file; `class_names`, if there, names the labels 0 … C-1.
        names: Which of them are labels: integers or texts `[n]`, or one-hot `[n, C]`.
        path: Where the file is.

    Returns:
        The names, and int64 `[n]` for each array.

    Raises:
        InputError: if an array is missing or holds no labels, some examples are not
            labelled, or the arrays do not fit together.
    """
    arrays = {name: _checked(found, name, path) for name in names}
    _check_alike(arrays, path)
    written = {name: _written(y, name, path) for name, y in arrays.items()}
    if not any(_is_text(y) for y in arrays.values()):
        _refuse_unlabelled(written, path)
    if "class_names" in found:
        return _named(written, arrays, _class_names(found["class_names"], path), path)
    first = next(iter(arrays.values()))
    if first.ndim == 2:
        known = [str(i) for i in range(first.shape[1])]
    else:
        known = class_order.order_classes({text for texts, _ in written.values() for text in texts})
    number = {text: i for i, text in enumerate(known)}
    return tuple(known), [
        np.array([number[text] for text in texts], np.int64)[positions]
        for texts, positions in written.values()
    ]


def _checked(found: _Found, name: str, path: str) -> np.ndarray:
    """Labels as they are in the file: `[n]`, or one-hot `[n, C]`; whole numbers are integers."""
    if name not in found:
        raise InputError(f"{path} holds {', '.join(sorted(found))}; {name} is missing.")
    y = found[name]
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if (
        y.ndim not in (1, 2)
        or y.dtype.kind not in "biufUS"
        or (y.ndim == 2 and y.dtype.kind in "US")
    ):
        raise InputError(
            f"{name} in {path} must be integers or texts [n], or one-hot [n, C], received "
            f"{y.dtype} of the shape {list(y.shape)}."
        )
    if y.ndim == 2:
        _check_one_hot(y, name, path)
    elif y.dtype.kind == "f":
        y = _whole(y, name, path)
    return y


def _check_one_hot(y: np.ndarray, name: str, path: str) -> None:
    of_ones = ((y == 0) | (y == 1)).all()
    if of_ones and (y.sum(axis=1) == 1).all():
        return
    if of_ones and (y.sum(axis=0) == 1).all():
        raise InputError(
            f"{name} in {path}, of the shape {list(y.shape)}, has a single 1 in each column, not "
            f"in each row. Save {name}.T."
        )
    marks = y.sum(axis=1)
    if of_ones and (marks > 1).any():
        raise InputError(
            f"{int((marks > 1).sum())} of {len(y)} rows of {name} in {path} hold more than a "
            "single 1. Examples of several classes at once cannot be learned; choose one class for "
            "each."
        )
    nothing = marks == 0
    if of_ones and nothing.any():
        raise InputError(
            f"{int(nothing.sum())} of {len(y)} rows of {name} in {path} are all 0: these examples "
            f"are not labelled. Leave them out of x as well: labelled = {name}.any(axis=1)."
        )
    raise InputError(
        f"{name} in {path} is not one-hot: each row must hold a single 1 and else 0. For soft "
        "labels take their most probable class: y.argmax(axis=1)."
    )


def _whole(y: np.ndarray, name: str, path: str) -> np.ndarray:
    whole = np.isfinite(y) & (y == np.round(y))
    if not whole.all():
        raise InputError(
            f"{name} in {path} holds fractions or NaN in {int((~whole).sum())} of {len(y)} labels; "
            "they must be classes, integers or texts. Divide numbers to be predicted into classes, "
            "and leave out examples that are not labelled, of x as well."
        )
    # From here on neighbouring integers are one number in this type: two classes may be one.
    exact = 2 ** min(np.finfo(y.dtype).nmant + 1, 53)
    if (np.abs(y) >= exact).any():
        raise InputError(
            f"{name} in {path} holds labels of {exact:,} and more as {y.dtype}, which cannot tell "
            "all of them apart. Save them from where they come from as integers or texts."
        )
    return y.astype(np.int64)


def _check_alike(arrays: _Found, path: str) -> None:
    (one, y), *others = arrays.items()
    for other, z in others:
        if y.shape[1:] != z.shape[1:] or _is_text(y) != _is_text(z):
            raise InputError(
                f"{one} and {other} in {path} are written differently: {y.dtype} of the shape "
                f"{list(y.shape)} and {z.dtype} of the shape {list(z.shape)}."
            )


def _is_text(y: np.ndarray) -> bool:
    return y.dtype.kind in "US"


def _written(y: np.ndarray, name: str, path: str) -> tuple[list[str], np.ndarray]:
    """The different labels as texts, and `[n]`, which of them each example has."""
    if y.ndim == 2:
        return [str(i) for i in range(y.shape[1])], y.argmax(axis=1)
    values, positions = np.unique(y, return_inverse=True)
    if _is_text(y):
        texts = _text_labels(values, name, path)
        _refuse_missing(texts, positions, name, path)
        return texts, positions
    return [str(int(value)) for value in values], positions


def _text_labels(values: np.ndarray, name: str, path: str) -> list[str]:
    """What texts a file's texts or bytes stand for; two values may stand for one."""
    texts = []
    for value in values.tolist():
        try:
            text = value.decode("utf-8") if isinstance(value, bytes) else value
            # Half a surrogate pair could be trained with, but not written to labels.csv.
            text.encode("utf-8")
        except UnicodeError:
            raise InputError(
                f"{name} in {path} holds {value!r}, which is not UTF-8 text. Save it decoded from "
                f"what it is written in, as in np.char.decode({name}, 'latin1')."
            ) from None
        texts.append(canonicalize(text))
    return texts


def _refuse_missing(texts: list[str], positions: np.ndarray, name: str, path: str) -> None:
    spellings = missing.find_among(texts)
    if not spellings:
        return
    count = int(np.isin(positions, [i for i, t in enumerate(texts) if t in spellings]).sum())
    shown = ", ".join(repr(text) for text in sorted(spellings))
    how_to_keep = (
        f"np.where({name} == 'NA', 'Namibia', {name})"
        if spellings == missing.AMBIGUOUS
        else "'no answer', 'dash'"
    )
    raise InputError(
        f"{count} of {len(positions)} labels of {name} in {path} are written as missing: {shown}. "
        "Leave these examples out, of x as well. If that is a class, write it in another way: "
        f"{how_to_keep}."
    )


def _refuse_unlabelled(written: dict[str, tuple[list[str], np.ndarray]], path: str) -> None:
    values = {int(text) for texts, _ in written.values() for text in texts}
    if not missing.marks_unlabelled(values):
        return
    counts = []
    for name, (texts, positions) in written.items():
        if "-1" in texts:
            count = int((positions == texts.index("-1")).sum())
            counts.append(f"{count} of {len(positions)} in {name}")
    raise InputError(
        f"Labels of -1 in {path} ({', '.join(counts)}) are how examples are marked that are not "
        "labelled. Leave these out, of x as well: x[y != -1], y[y != -1]. If -1 is a class, save "
        "the labels as texts: y.astype(int).astype(str)."
    )


def _class_names(names: np.ndarray, path: str) -> tuple[str, ...]:
    if names.ndim != 1 or names.dtype.kind not in "USiu":
        raise InputError(
            f"class_names in {path} must be texts [C], one for each of the labels 0 … C-1, "
            f"received {names.dtype} of the shape {list(names.shape)}."
        )
    if _is_text(names):
        texts = _text_labels(names, "class_names", path)
    else:
        texts = [str(name) for name in names.tolist()]
    for text in texts:
        if not text or texts.count(text) > 1:
            raise InputError(
                f"class_names in {path} holds {text!r} {texts.count(text)} times; each class needs "
                "a name of its own."
            )
    return tuple(texts)


def _named(
    written: dict[str, tuple[list[str], np.ndarray]],
    arrays: _Found,
    names: tuple[str, ...],
    path: str,
) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """As `read_labels`, where the file names the labels 0 … C-1."""
    first = next(iter(arrays.values()))
    if _is_text(first):
        raise InputError(
            f"class_names in {path} names the labels 0, 1 …, but the labels are texts already. "
            "Leave it out."
        )
    if first.ndim == 2 and first.shape[1] != len(names):
        raise InputError(
            f"class_names in {path} names {len(names)} classes, but one-hot labels have "
            f"{first.shape[1]} columns."
        )
    values = [int(text) for texts, _ in written.values() for text in texts]
    if not 0 <= min(values) <= max(values) < len(names):
        raise InputError(
            f"class_names in {path} names the labels 0 … {len(names) - 1}, but there are labels "
            f"from {min(values)} to {max(values)}."
        )
    return names, [
        np.array([int(text) for text in texts], np.int64)[positions]
        for texts, positions in written.values()
    ]
