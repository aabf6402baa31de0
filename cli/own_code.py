"""Code of the user's runs on the user's word alone, never because a file says so."""

from pathlib import Path
from typing import Any

from .errors import WrongInput


def check_said(recorded: dict[str, Any], given: dict[str, Any], path: Path) -> None:
    """Require that every `module:function` of a recorded run is named on the command line.

    Args:
        recorded: The settings in a `config.json`.
        given: The options on the command line.
        path: Of the `config.json`.

    Raises:
        WrongInput: if the file alone asks for code to be run.
    """
    said = set(map(str, given.values()))
    overridden = {"network_a", "network_b"} if "network" in given else set()
    for setting in ("network_a", "network_b"):
        network = str(given.get(setting) or recorded.get(setting) or "")
        is_code = ":" in network and not network.endswith(".keras")
        if is_code and setting not in overridden and network not in said:
            raise WrongInput(
                f"{path} asks to run your function {network}. A file is not believed in that: say "
                f"it yourself, with --{setting.replace('_', '-')} {network} (or --network)."
            )
