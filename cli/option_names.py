"""Messages of the package name settings as Python does; the command line has options."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

import click

# What is in quotes is the user's own, or a row of a comparison; what has a slash is a path.
_QUOTED = r"(?<!\w)'[^']*'(?!\w)"
# A method with its constants, as `DMI(warmup=0.5)`.
_MADE = r"\b[A-Z]\w*\((?:[^()]|\([^()]*\))*\)"
_VALUE = r"'[^']*'|[\w+-]+(?:\.\w+)*"
# What is said of settings and of nothing else.
_OF_SETTINGS = "must lie|must be|has no effect|does not apply"
_BEFORE, _BEHIND = r"(?<![\w/\\.'-])", r"(?![\w/\\'-]|\.\w)"


def as_options(message: str) -> str:
    """The same message with the options of the command that is running.

    Args:
        message: In which a setting may stand with a value, as `parts='split'` or `flip=False`,
            or alone, where its name cannot be another word: `validation_split`, `b1 and rho`,
            `rate has no effect`. One about a file of settings is left as it is, and so is a
            method, `GCE(q=0.7)`.
    """
    context = click.get_current_context(silent=True)
    if context is None or ".json" in message:
        return message
    options = {p.name: p for p in context.command.params if isinstance(p, click.Option) and p.name}
    if not options:
        return message
    names = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    alone = "|".join(filter(lambda name: "_" in name, names.split("|"))) or "(?!)"
    pattern = (
        f"{_BEFORE}(?P<name>{names})=(?P<value>{_VALUE})"
        f"|{_QUOTED}|{_MADE}"
        f"|{_BEFORE}(?P<listed>(?:{names})(?: and (?:{names}))+){_BEHIND}"
        f"|(?<=which has )(?P<only>{names})(?=\\.)"
        f"|(?:^|(?<=[.:] ))(?P<about>{names})(?= (?:{_OF_SETTINGS}))"
        f"|{_BEFORE}(?P<alone>{alone}){_BEHIND}"
    )

    def replaced(found: re.Match[str]) -> str:
        if found["name"]:
            return _given(options[found["name"]], found["value"].strip("'"))
        if called := found["listed"] or found["only"] or found["about"] or found["alone"]:
            return " and ".join(_called(options[name]) for name in called.split(" and "))
        return found[0]

    return re.sub(pattern, replaced, message)


def first_of(given: Mapping[str, Any]) -> str | None:
    """The option that the first value which is there was given with, or None.

    Args:
        given: Values by the names of settings; None where nothing was given.
    """
    name = next((name for name, value in given.items() if value is not None), None)
    return None if name is None else f"--{name.replace('_', '-')}"


def _called(option: click.Option) -> str:
    return max(option.opts, key=len)


def _given(option: click.Option, value: str) -> str:
    if not option.is_flag:
        return f"{_called(option)} {shlex.quote(value)}"
    off = value == "False" and option.secondary_opts
    return max(option.secondary_opts, key=len) if off else _called(option)
