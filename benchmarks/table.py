"""Rows of the result: a number, its goal, and whether it was met."""

import dataclasses
import operator
import statistics
from collections.abc import Sequence
from typing import Any

_RELATIONS = {"<=": operator.le, ">=": operator.ge}


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        question: What was measured, in words.
        samples: The measurements, ratios as a rule; their median counts.
        relation: `"<="` or `">="`, or None for a number without a goal.
        goal: What the median is held against.
        unit: Behind the number.
        detail: What else the reader should know, medians in absolute terms as a rule.
        at_best: The same from the fastest round of each side, which other work on the
            machine disturbed least.
        why_not: Why it was not measured, if it was not.
    """

    question: str
    samples: Sequence[float] = ()
    relation: str | None = None
    goal: float | None = None
    unit: str = ""
    detail: str = ""
    at_best: float | None = None
    why_not: str = ""

    @property
    def median(self) -> float | None:
        """The number that counts."""
        return statistics.median(self.samples) if self.samples else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The quartiles."""
        if len(self.samples) < 2:
            return None
        low, _, high = statistics.quantiles(self.samples, n=4, method="inclusive")
        return low, high

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None without a goal or a measurement."""
        if self.relation is None or self.median is None:
            return None
        return _RELATIONS[self.relation](self.median, self.goal)

    def to_json(self) -> dict[str, Any]:
        """Everything, for the file."""
        return {
            **dataclasses.asdict(self),
            "median": self.median,
            "quartiles": self.spread,
            "met": self.met,
        }


def ratios(numerators: Sequence[float], denominators: Sequence[float]) -> list[float]:
    """Round by round, so that both sides of a ratio had the same minute."""
    return [a / b for a, b in zip(numerators, denominators, strict=True)]


def at_best(numerators: Sequence[float], denominators: Sequence[float]) -> float | None:
    """The ratio of the fastest rounds of both sides."""
    return min(numerators) / min(denominators) if numerators else None


def milliseconds(samples: Sequence[float], digits: int = 0) -> str:
    """The median of some seconds, readably."""
    return f"{1000 * statistics.median(samples):,.{digits}f} ms"


def lines(rows: Sequence[Row]) -> list[str]:
    """The table in Markdown."""
    head = ("question", "median", "quartiles", "at best", "goal", "met", "in detail")
    return [_line(head), _line("---" for _ in head), *(_line(_cells(row)) for row in rows)]


def _cells(row: Row) -> tuple[str, ...]:
    goal = f"{row.relation} {row.goal:g}{row.unit}" if row.relation else ""
    if row.median is None:
        return row.question, "not measured", "", "", goal, "", row.why_not
    between = " – ".join(f"{end:.3g}" for end in row.spread or ())
    met = {True: "yes", False: "NO", None: ""}[row.met]
    best = "" if row.at_best is None else f"{row.at_best:.3g}{row.unit}"
    return row.question, f"{row.median:.3g}{row.unit}", between, best, goal, met, row.detail


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
