"""Classes that are given, and that networks have ceased to see, or have never seen."""

import numpy as np

from cmd_keras.label_review.checks import check_classes

# Of fewer labels it is no wonder.
_FEW = 5
_HARDLY_EVER = 0.1


def lost_classes(
    given: np.ndarray, probable: np.ndarray, num_classes: int
) -> list[tuple[int, int, int]]:
    """Classes that are said to be probable a tenth as often as they are given, or less.

    Networks that come to trust themselves before they have learned a class take its labels for
    wrong ones, and never learn it: what they suspect of it then means nothing.

    Args:
        given: `[n]` integers, the labels.
        probable: `[n]` integers, the most probable classes.
        num_classes: C.

    Returns:
        Class, how often it is given (5 times or more), and how often it is probable.

    Raises:
        ValueError: if one of them is no class.

    Example:
        >>> from cmd_keras.label_review import lost_classes
        >>> lost_classes([0] * 9 + [1] * 6, [0] * 15, num_classes=2)
        [(1, 6, 0)]
    """
    for name, labels in (("given", given), ("probable", probable)):
        check_classes(name, np.asarray(labels), num_classes)
    counts = (np.bincount(labels, minlength=num_classes) for labels in (given, probable))
    return [
        (number, of_given, named)
        for number, (of_given, named) in enumerate(
            zip(*map(np.ndarray.tolist, counts), strict=True)
        )
        if of_given >= _FEW and named <= _HARDLY_EVER * of_given
    ]
