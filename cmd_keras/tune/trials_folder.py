"""The folder that the trials of a search are made in, and the study that knows them."""

import dataclasses
import os
import socket
import uuid
from pathlib import Path
from typing import Any

import optuna

from cmd_keras.errors import InputError
from cmd_keras.listed import listed
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.tune.check import STUDY_FILE
from cmd_keras.tune.study import without_password

_FILE = "study.json"


@dataclasses.dataclass(frozen=True)
class TrialsFolder:
    """Where the runs of the trials are.

    Args:
        path: Of the search.
        name: What tells it from the folders of other machines in its study, wherever it is.
        shares_study: Whether other folders may have trials in its study.
    """

    path: Path
    name: str
    shares_study: bool = True

    def began(self, at: str | None) -> bool:
        """Whether a trial is of this folder, from what the study says of where it was begun."""
        # Trials of before folders had names are known by the place of the folder.
        place = f"{socket.gethostname()}:{os.path.realpath(self.path)}"
        return not self.shares_study or at in (self.name, place)


def check_study_is_there(folder: WholeFolder) -> None:
    """Require the study that is kept in a folder, where runs of its trials are.

    Raises:
        InputError: if it was taken away, or never was there.
    """
    made = _made(folder.path)
    if made and not (folder.path / STUDY_FILE).exists():
        raise _refusal(folder, made, f"it has no {STUDY_FILE} that says with which constants")


def joined(folder: WholeFolder, study: optuna.Study, storage: str | None) -> TrialsFolder:
    """The folder as one of its study, which learns of it if it is new.

    Args:
        folder: Of a search.
        study: That its trials are to be counted in.
        storage: The URL of the study; None if it is kept in the folder.

    Raises:
        InputError: if runs in the folder are of trials that the study does not know.
    """
    kept_in = None if storage is None else without_password(storage)
    name = _recorded(folder).get("folder")
    # A folder of before this was written down has no name.
    is_known = name is None or _attribute(name) in study.user_attrs
    made = _made(folder.path)
    if made and not (is_known and _numbers(folder.path) <= _numbers_of(study)):
        raise _refusal(folder, made, f"{_words(study.study_name, kept_in)} does not know them")
    if name is None or not is_known:
        name = uuid.uuid4().hex
        # First, or a folder that was stopped in between would be refused.
        study.set_user_attr(_attribute(name), os.fspath(folder.path))
        about = {"folder": name, "study": study.study_name, "storage": kept_in}
        folder.write_json(_FILE, about)
    return TrialsFolder(folder.path, name, storage is not None)


def _refusal(folder: WholeFolder, made: list[str], why: str) -> InputError:
    recorded = _recorded(folder)
    where = f" by {_words(recorded.get('study'), recorded.get('storage'))}" if recorded else ""
    return InputError(
        f"{folder.path} holds {listed(made, 3)}, made{where}, and {why}: their accuracies would be "
        "taken for those of other constants. Name the study and the storage that they are of, "
        f"bring these back, choose another output, or remove {listed(made, 3)} to begin anew."
    )


def _words(study: str | None, storage: str | None) -> str:
    return f"the study {study!r} in {storage or f'its own {STUDY_FILE}'}"


def _recorded(folder: WholeFolder) -> dict[str, Any]:
    return folder.read_json(_FILE) if (folder.path / _FILE).exists() else {}


def _made(folder: Path) -> list[str]:
    """The folders with runs that were made for some study."""
    trials = ["trials"] if _numbers(folder) else []
    return [*trials, *sorted(path.name for path in folder.glob("best-of-*-trials"))]


def _numbers(folder: Path) -> set[int]:
    return {int(path.name) for path in (folder / "trials").glob("*") if path.name.isdigit()}


def _numbers_of(study: optuna.Study) -> set[int]:
    return {trial.number for trial in study.get_trials(deepcopy=False)}


def _attribute(name: str) -> str:
    # One for each folder: machines that begin at the same time do not write over each other.
    return f"folder {name}"
