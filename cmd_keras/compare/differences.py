"""Means over seeds, and differences between rows, run by run of the same seed."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from scipy import stats


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean over seeds.

    Args:
        value: The mean.
        std: Standard deviation over the seeds (of n values, divided by n less 1); NaN of one seed.
        count: How many seeds.
    """

    value: float
    std: float
    count: int


@dataclasses.dataclass(frozen=True)
class Difference:
    """One row minus another, over the seeds that both have.

    Args:
        value: The mean difference.
        low: Lower end of its 95 % confidence interval; NaN of one seed.
        high: Upper end.
        count: How many seeds.
    """

    value: float
    low: float
    high: float
    count: int


def mean(values: Sequence[float]) -> Mean | None:
    """Mean and standard deviation; None of no values."""
    if not values:
        return None
    std = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    return Mean(float(np.mean(values)), std, len(values))


def difference(first: dict[int, float], second: dict[int, float]) -> Difference | None:
    """First minus second, paired by seed, with Student's 95 % interval.

    Runs of one seed share their wrong labels and first weights, so what differs between
    seeds drops out.

    Args:
        first: The value of each seed.
        second: The same for another row.

    Returns:
        None where no seed is in both.
    """
    seeds = sorted(first.keys() & second.keys())
    if not seeds:
        return None
    gaps = np.array([first[seed] - second[seed] for seed in seeds])
    middle = float(gaps.mean())
    if len(gaps) < 2:
        return Difference(middle, math.nan, math.nan, 1)
    error = float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
    reach = float(stats.t.ppf(0.975, len(gaps) - 1)) * error
    return Difference(middle, middle - reach, middle + reach, len(gaps))
