"""What can be said of a search before Keras and Optuna are imported."""

import importlib.util
import os
from pathlib import Path
from typing import Any

from cmd_keras.errors import InputError
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.run.settings.same import check_same
from cmd_keras.runs.memory import check_one_process_a_run, check_processes
from cmd_keras.tune.search import Search

_FILE = "search.json"
STUDY_FILE = "study.db"


def check_tune(search: Search, output: str | os.PathLike, trials: int, processes: int = 1) -> None:
    """Require what `tune` takes.

    Raises:
        InputError: if a setting, the folder or a number cannot be used.
    """
    if importlib.util.find_spec("optuna") is None:
        raise InputError("The search takes the package optuna. Install it with: pip install optuna")
    if not 1 <= trials <= 10**6:
        raise InputError(f"trials must lie between 1 and 1,000,000, received {trials}.")
    check_processes(processes)
    check_one_process_a_run(search.base)
    search.check()
    if WholeFolder.is_begun(output, _FILE, "a search"):
        check_same_search(
            f"{output} holds another search",
            WholeFolder(output).read_json(_FILE),
            search,
            "Choose another folder, or leave the setting as it is there.",
        )


def begin_folder(search: Search, output: str | os.PathLike) -> WholeFolder:
    """The folder, with what is searched written down."""
    folder = WholeFolder.made(output)
    if not (folder.path / _FILE).exists():
        folder.write_json(_FILE, search.to_json())
    return folder


def storage_of(folder: Path) -> str:
    """The URL of the study that is kept in the folder itself."""
    return f"sqlite:///{(folder / STUDY_FILE).resolve()}"


def check_same_search(what: str, begun: dict[str, Any], search: Search, remedy: str) -> None:
    """Require the search that was begun, from what `Search.to_json` wrote of it.

    Raises:
        InputError: naming what differs.
    """
    check_same(what, _flat(begun), _flat(search.to_json()), remedy)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    base = values.get("base")
    return {**(base if isinstance(base, dict) else {}), **{**values, "base": None}}
