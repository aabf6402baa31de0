"""A word about classes that a run has lost."""

from typing import Any

from rich.console import Console

from cmd_keras.counted import counted
from cmd_keras.say import say

# As many are named.
_MOST = 3


def say_lost(console: Console, where: str, labels: dict[str, Any]) -> None:
    """Say which classes the networks hardly ever name, though labels do.

    Args:
        console: Where to print.
        where: Which run this is about, as `In fold 2 `, if there are several.
        labels: What `metrics.json` says of the labels; earlier versions wrote nothing of it.
    """
    lost = labels.get("classes_lost", [])
    # If most are lost there is more to be said.
    if not lost or labels["classes_named"] <= labels["classes_given"] / 2:
        return
    named = ", ".join(
        f"{one['class']!r} (for {counted(one['named'], 'example')}; "
        f"{counted(one['given'], 'label')} say so)"
        for one in lost[:_MOST]
    )
    more = f" and {counted(len(lost) - _MOST, 'more class', 'more classes')}" * (len(lost) > _MOST)
    networks = f"{where}the networks"
    say(
        console,
        f"{networks[0].upper()}{networks[1:]} hardly ever name {named}{more}. Either nearly all "
        "these labels are wrong, or the networks have not learned the class: inputs do not tell it "
        "from another, there are too few epochs, or they trusted themselves too early. Then that "
        "they suspect its labels means nothing. Where there is a rho, a larger one may keep it.",
    )
