"""`--seeds`: how many, or from which one to which."""

import re
from typing import Any

import click

_MOST = 10_000


class Seeds(click.ParamType):
    """`10` is 0 to 9; `5-9` is 5 to 9, for a machine that makes a part of a comparison."""

    name = "seeds"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """The seeds, ascending."""
        if not isinstance(value, str):
            return tuple(value)
        match = re.fullmatch(r"\s*(?:(\d+)\s*-\s*)?(\d+)\s*", value, re.ASCII)
        if match is not None:
            first, last = (0, int(match[2]) - 1) if match[1] is None else map(int, match.groups())
            if first <= last < 2**31 and last - first < _MOST:
                return tuple(range(first, last + 1))
        self.fail(
            f"{value!r} is neither a number of seeds, at least 1 and at most {_MOST:,}, nor a "
            "range such as 5-9.",
            param,
            ctx,
        )
