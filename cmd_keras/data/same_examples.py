"""Whether the examples that corrections name are those that were decided about."""

from collections.abc import Sequence

from cmd_keras.data.correction_table import Correction, refuse
from cmd_keras.data.identity import written_keys


def refuse_other_examples(
    corrections: Sequence[Correction], known: Sequence[str], keys: Sequence[bytes], path: str
) -> None:
    """Refuses what was decided about another example than the one that has its name now.

    A name may be that of a line or of a place in an array, which is another example's when one
    before it is taken out.

    Args:
        corrections: With the names that examples have in the data.
        known: `n` names of all examples.
        keys: `n`, what tells each of them apart.
        path: The table.

    Raises:
        InputError: if it is so with one, with the lines.
    """
    # Places tell nothing that the names do not.
    if not any(c.key for c in corrections) or (written := written_keys(keys)) is None:
        return
    now = dict(zip(known, written, strict=True))

    def says(correction: Correction) -> str:
        meant = [name for name, key in now.items() if key == correction.key]
        moved = f" The one that was meant is {meant[0]!r} now." if len(meant) == 1 else ""
        return (
            f"{correction.name!r} has another content than the example that was decided about "
            f"(`key` {now[correction.name]}, not {correction.key}): the data have changed since, "
            f"or are read with another target or parts.{moved} Review them again and decide about "
            "what they are now; or empty the cells of `key` if the names still mean the same "
            "examples."
        )

    refuse(corrections, path, lambda c: c.key not in ("", now[c.name]), says)


def refuse_other_parts(corrections: Sequence[Correction], path: str) -> None:
    """Refuses what is not about the training part, in data whose examples have no names.

    Raises:
        InputError: if a row says another part, with the lines.
    """
    refuse(
        corrections,
        path,
        lambda c: c.part in ("test", "validation"),
        lambda c: (
            f"example {c.name} is of the part {c.part!r}, and where examples have no names, as in "
            "these data, those of the training part alone are corrected. Remove the line."
        ),
    )
