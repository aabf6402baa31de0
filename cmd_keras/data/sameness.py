"""Whether there is anything to be told apart in a set of arrays."""

from collections.abc import Iterator, Sequence

import numpy as np

from cmd_keras.errors import InputError

# Compared so many at a time, so that a large set is not copied.
_AT_A_TIME = 256


def refuse_same(
    x: np.ndarray, labels: np.ndarray, class_names: Sequence[str], name: str, path: str
) -> None:
    """Refuses a set that shows nothing, or a class of images that does.

    Images that are lost on the way are most often all black or all one and the same.
    Vectors may be equal within a class: they may be categories.

    Args:
        x: `[n, features]` or images `[n, height, width, channels]`.
        labels: `[n]`, numbers of classes.
        class_names: Their names.
        name: What x is called.
        path: Where it is from.

    Raises:
        InputError: if there are several inputs and all are equal in float32, or several
            images of the set or of a class, and all are equal or of a single value each.
    """
    everything = np.arange(len(x))
    what = "images" if x.ndim == 4 else "inputs"
    if problem := _problem(x, everything):
        raise InputError(f"All {len(x)} {what} of {name} in {path} are {problem}. {_ADVICE}")
    if x.ndim != 4:
        return
    for number, class_name in enumerate(class_names):
        if problem := _problem(x, np.flatnonzero(labels == number)):
            count = int((labels == number).sum())
            raise InputError(
                f"All {count} images of the class {class_name!r} of {name} in {path} are "
                f"{problem}. {_ADVICE}"
            )


_ADVICE = "There is nothing to learn from them: look at how they were read, and save them again."


def _problem(x: np.ndarray, indices: np.ndarray) -> str | None:
    if len(indices) < 2:
        return None
    first = _seen(x[indices[0]])
    if all((part == first).all() for part in _parts(x, indices)):
        return "equal in float32"
    if x.ndim == 4 and x[0].size > 1 and all(_constant(part) for part in _parts(x, indices)):
        return "of a single value each"
    return None


def _parts(x: np.ndarray, indices: np.ndarray) -> Iterator[np.ndarray]:
    # The second alone tells most often already.
    yield _seen(x[indices[1:2]])
    for start in range(0, len(indices), _AT_A_TIME):
        yield _seen(x[indices[start : start + _AT_A_TIME]])


def _seen(part: np.ndarray) -> np.ndarray:
    """What the networks see of it: large numbers that differ may be one in this type."""
    return part.astype(np.float32)


def _constant(images: np.ndarray) -> bool:
    flat = images.reshape(len(images), -1)
    return bool((flat == flat[:, :1]).all())
