"""What can be said of a search before Keras and Optuna are imported."""

import importlib.util
import os
from pathlib import Path

from cmd_keras.errors import InputError
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.runs.memory import check_one_process_a_run, check_processes
from cmd_keras.tune.search import Search

_FILE = "search.json"


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
    if not str(output):
        raise InputError("The name of the output folder is empty. Name one.")
    path = Path(output)
    if path.exists() and not path.is_dir():
        raise InputError(f"The output folder {path} is a file. Choose another.")
    if (path / _FILE).is_file():
        _check_same(path, search)
    elif path.is_dir() and any(path.iterdir()):
        raise InputError(
            f"The output folder {path} holds other files than those of a search. Choose another."
        )


def begin_folder(search: Search, output: str | os.PathLike) -> WholeFolder:
    """The folder, with what is searched written down."""
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot create the output folder {output}: {error.strerror}.") from None
    folder = WholeFolder(output)
    if not (folder.path / _FILE).exists():
        folder.write_json(_FILE, search.to_json())
    return folder


def storage_of(folder: Path) -> str:
    """The URL of the study that is kept in the folder itself."""
    return f"sqlite:///{(folder / 'study.db').resolve()}"


def _check_same(path: Path, search: Search) -> None:
    theirs, ours = WholeFolder(path).read_json(_FILE), search.to_json()
    if different := first_difference(theirs, ours):
        name, was, given = different
        raise InputError(
            f"{path} holds another search: its {name} is {was}, and {given} was given. Choose "
            "another folder, or leave the setting as it is there."
        )


def first_difference(theirs: dict, ours: dict) -> tuple[str, object, object] | None:
    """Name and both values of what two searches differ in."""
    theirs, ours = _flat(theirs), _flat(ours)
    for name in {**theirs, **ours}:
        if theirs.get(name) != ours.get(name):
            return name, theirs.get(name), ours.get(name)
    return None


def _flat(values: dict) -> dict:
    base = values.get("base")
    return {**(base if isinstance(base, dict) else {}), **{**values, "base": None}}
