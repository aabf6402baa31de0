"""How a run is continued, or begun anew: commands for whoever has to do it."""

import os
import shlex


def resuming(path: str | os.PathLike) -> str:
    """The command that continues a run, to be pasted into a shell."""
    return f"cmd-keras train --resume {shlex.quote(str(path))}"


def more_slowly(path: str | os.PathLike) -> str:
    """The command that begins a run anew, with a rate that is to be filled in."""
    config = os.path.join(path, "config.json")
    return f"cmd-keras train --config {shlex.quote(config)} --learning-rate …"
