"""How numbers are written: with a point or a comma, in groups of three, with a unit."""

import dataclasses
import functools
import re
from collections.abc import Sequence

import numpy as np

_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
# Blanks that do not break, as spreadsheets write them, and Swiss apostrophes.
_GAP = "[ \u00a0\u2009\u202f'\u2019]"
_STYLES = {
    "plain": rf"(?:[0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}|inf|Inf|infinity|Infinity",
    "decimal comma": (
        rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:[.]|{_GAP})[0-9]{{3}}(?:(?:[.]|{_GAP})[0-9]{{3}})*),[0-9]*"
        rf"{_EXPONENT}|,[0-9]+|[0-9]+{_EXPONENT}"
    ),
    "commas between thousands": r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?",
    "points between thousands": r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+",
    "blanks or apostrophes between thousands": (
        rf"[1-9][0-9]{{0,2}}(?:{_GAP}[0-9]{{3}})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?"
    ),
}
_UNIT = "[$€£¥₹%]"
# The last is the minus of typesetters.
_SIGN = "[+\\-\u2212]"
_NUMBER = re.compile(rf"({_SIGN}?)\s*({_UNIT}?)\s*({_SIGN}?)\s*([^$€£¥₹%]*?)\s*({_UNIT}?)")


@dataclasses.dataclass(frozen=True)
class NumberFormat:
    """One way of writing numbers.

    Args:
        style: A key of `_STYLES`.
        unit: A currency sign or `%` that every number carries, or nothing. It does not
            change the number: 45 % is 45.
    """

    style: str = "plain"
    unit: str = ""

    def __str__(self) -> str:
        said = [] if self.style == "plain" else [self.style]
        return " and ".join([*said, *([f"the sign {self.unit}"] if self.unit else [])])

    @property
    def is_plain(self) -> bool:
        """Whether the numbers are as programs write them, without a unit."""
        return self == NumberFormat()

    def parse(self, cell: str) -> float | None:
        """The number in a cell, or None if it holds none that is written in this way."""
        parts = _NUMBER.fullmatch(cell)
        if parts is None:
            return None
        sign, before, other_sign, digits, after = parts.groups()
        if before + after != self.unit or (sign and other_sign):
            return None
        if not _pattern(self.style).fullmatch(digits):
            return None
        value = float(self._with_point(digits))
        return value if sign + other_sign in ("", "+") else -value

    def parse_all(self, cells: Sequence[str]) -> np.ndarray:
        """`[n]` float64, NaN where a cell holds no such number."""
        found = (self.parse(cell) for cell in cells)
        return np.array([np.nan if value is None else value for value in found], np.float64)

    def _with_point(self, digits: str) -> str:
        if self.style == "plain":
            return digits
        if self.style in ("decimal comma", "points between thousands"):
            digits = digits.replace(".", "").replace(",", ".")
        return re.sub(f"{_GAP}|,", "", digits)


def find_formats(cell: str) -> list[NumberFormat]:
    """Every way of writing numbers in which a cell holds one, the plain one first."""
    parts = _NUMBER.fullmatch(cell)
    if parts is None:
        return []
    unit = parts[2] + parts[5]
    found = (NumberFormat(style, unit) for style in _STYLES)
    return [style for style in found if style.parse(cell) is not None]


@functools.cache
def _pattern(style: str) -> re.Pattern:
    return re.compile(_STYLES[style])
