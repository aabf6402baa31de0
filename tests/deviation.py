"""Compares with the reference, and remembers by how much it was missed."""

import numpy as np

_LARGEST: dict[str, float] = {}
_COMPARISONS: dict[str, int] = {}


def check(quantity, actual, expected, tolerance):
    """Assert |actual - expected| <= tolerance elementwise, equal infinities allowed."""
    actual = np.asarray(actual, np.float64)
    expected = np.asarray(expected, np.float64)
    assert actual.shape == expected.shape, f"{quantity}: {actual.shape} != {expected.shape}"
    with np.errstate(invalid="ignore"):
        difference = np.where(actual == expected, 0.0, np.abs(actual - expected))
    worst = float(difference.max(initial=0.0))
    assert np.all(difference <= tolerance), (
        f"{quantity}: off by {worst:.3g}, allowed {np.max(tolerance):.3g}\n"
        f"actual   {actual}\nexpected {expected}"
    )
    _LARGEST[quantity] = max(worst, _LARGEST.get(quantity, 0.0))
    _COMPARISONS[quantity] = _COMPARISONS.get(quantity, 0) + 1


def table():
    """One line for each quantity that was compared."""
    return [
        f"{name:<44} {worst:9.3g}  in {_COMPARISONS[name]:5d} comparisons"
        for name, worst in sorted(_LARGEST.items())
    ]


def recorded():
    """What was compared in this process: quantity, largest deviation, comparisons."""
    return [(name, worst, _COMPARISONS[name]) for name, worst in _LARGEST.items()]


def merge(records):
    """Add what another process recorded."""
    for name, worst, comparisons in records:
        _LARGEST[name] = max(worst, _LARGEST.get(name, 0.0))
        _COMPARISONS[name] = _COMPARISONS.get(name, 0) + comparisons
