"""Columns of numbers that float32 cannot hold as they are written."""

import numpy as np

# Numbers that differ by less, as a part of what they are, differ by the rounding of whoever
# wrote them.
_ROUNDED = 1e-14

# Where the deviation is a smaller part of the numbers, float32 leaves it a hundred levels or so.
_COARSE = 2.0**-16

# Between these are deviations and numbers of which float32 holds the squares, and their sum over
# a table. All others are scaled; these are not, though it would be the same but for rounding:
# runs of before saw them so.
_LEAST, _MOST = 1e-18, 1e15


def varies(numbers: np.ndarray) -> bool:
    """Whether there is something to learn from numbers.

    Args:
        numbers: `[n]` float64, NaN where one is missing.
    """
    known = numbers[~np.isnan(numbers)]
    largest = np.abs(known).max(initial=0.0)
    if not np.isfinite(largest):
        return True
    return bool(largest > 0.0 and np.ptp(known / largest) > _ROUNDED)


def find_scale(numbers: np.ndarray) -> tuple[float, float] | None:
    """What is subtracted from numbers, and what they are divided by then, before float32.

    Args:
        numbers: `[n]` float64 that vary, NaN where one is missing.

    Returns:
        Their mean and deviation; None where float32 holds the numbers themselves.
    """
    known = numbers[~np.isnan(numbers)]
    largest = float(np.abs(known).max())
    # Said by `build_columns`, with the line.
    if not np.isfinite(largest):
        return None
    # In parts of the largest, because squares of large ones overflow float64 too.
    mean, deviation = float((known / largest).mean()), float((known / largest).std())
    fits = deviation >= _COARSE and largest <= _MOST and deviation * largest >= _LEAST
    return None if fits else (mean * largest, deviation * largest)
