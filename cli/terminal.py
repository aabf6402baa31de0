"""Where commands print their progress and tables."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def terminal() -> "Console":
    """Standard output, on which a text is what it is: no markup, emoji codes or guessed colours."""
    # Rich takes a while to import, which help and typing errors need not wait for.
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)
