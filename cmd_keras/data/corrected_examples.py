"""Which example each row of a table of corrections is about."""

import dataclasses
import functools
from collections.abc import Sequence

from cmd_keras.data.correction_table import Correction, refuse
from cmd_keras.data.spelling.class_names import canonicalize, quote
from cmd_keras.errors import did_you_mean


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What was corrected in a data set before.

    Args:
        path: The table of those corrections, as it is called in messages.
        removed: Names of the examples that they took out.
        class_names: Those of before, by whose numbers a class may be meant, too.
    """

    path: str
    removed: frozenset[str]
    class_names: tuple[str, ...]


def name_examples(
    corrections: Sequence[Correction],
    known: Sequence[str],
    path: str,
    own_validation: bool,
    earlier: Earlier | None,
) -> list[Correction]:
    """The same corrections with the names that the examples have in the data.

    A name is that of one example where it is written just so; where it is not, as a table that
    was typed or went through a spreadsheet may have it, what looks the same is meant.

    Args:
        corrections: With names as they are written.
        known: Names of all examples.
        path: The table.
        own_validation: Whether the data have a validation part of its own.
        earlier: What was corrected before.

    Raises:
        InputError: if there is no such example any more, or two look like it, with the lines.
    """
    removed = frozenset() if earlier is None else earlier.removed
    alike: dict[str, list[str]] = {}
    # What was taken out is no reason to take another example for it.
    for name in (*known, *sorted(removed)):
        alike.setdefault(canonicalize(name), []).append(name)
    meant = {c.name: _meant(c.name, alike) for c in corrections}
    refuse_of = functools.partial(refuse, corrections, path)
    refuse_of(
        lambda c: not meant[c.name],
        lambda c: (
            f"there is no example {c.name!r}.{did_you_mean(c.name, known)} Examples are "
            "named as in suspects.csv of a run or review of the same data."
            + " Those of its own validation part are not corrected so, but in the data."
            * own_validation
        ),
    )
    refuse_of(
        lambda c: len(meant[c.name]) > 1,
        lambda c: (
            f"two examples look like {quote(c.name)}, {' and '.join(map(quote, meant[c.name][:2]))}"
            ", and it is not clear which of them is meant. Copy its name from suspects.csv just as "
            "it stands there, or rename one of the two."
        ),
    )
    refuse_of(
        lambda c: meant[c.name][0] in removed,
        lambda c: f"{c.name!r} was taken out by {earlier.path}. Remove the line.",
    )
    return [dataclasses.replace(c, name=meant[c.name][0]) for c in corrections]


def _meant(name: str, alike: dict[str, list[str]]) -> list[str]:
    """The examples of just this name, or else all that look like it."""
    found = alike.get(canonicalize(name), [])
    return [other for other in found if other == name] or found
