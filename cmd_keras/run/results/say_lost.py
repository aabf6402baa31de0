"""A word about classes that a run has lost."""

from typing import Any

from rich.console import Console

from cmd_keras.counted import counted
from cmd_keras.say import say

# As many are named.
MOST_NAMED = 3
WHY = (
    "Either nearly all these labels are wrong, or the networks have not learned the class: inputs "
    "do not tell it from another, there are too few epochs, or they trusted themselves too early. "
    "Then that they suspect its labels means nothing. Where there is a rho, a larger one may keep "
    "it."
)


def mostly_lost(named: int, given: int) -> bool:
    """Whether networks name half of the classes that labels do, or fewer.

    Args:
        named: How many classes the networks name.
        given: How many the labels do.
    """
    return named <= given / 2


def times_of(one: dict[str, Any]) -> str:
    """How often a lost class is named, and how often given, in brackets."""
    named, given = counted(one["named"], "example"), counted(one["given"], "label")
    return f"(for {named}; {given} say so)"


def say_lost(console: Console, labels: dict[str, Any]) -> None:
    """Say which classes the networks hardly ever name, though labels do.

    Args:
        console: Where to print.
        labels: What `metrics.json` says of the labels; earlier versions wrote nothing of it.
    """
    lost = labels.get("classes_lost", [])
    # If most are lost there is more to be said.
    if not lost or mostly_lost(labels["classes_named"], labels["classes_given"]):
        return
    named = ", ".join(f"{one['class']!r} {times_of(one)}" for one in lost[:MOST_NAMED])
    further = len(lost) - MOST_NAMED
    more = f" and {counted(further, 'more class', 'more classes')}" * (further > 0)
    say(console, f"The networks hardly ever name {named}{more}. {WHY}")
