"""What can be said of a run before Keras is imported and its data are read."""

import dataclasses
import math
import os
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.check import check
from cmd_keras.run.settings.packages import check_backend
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.user_path import user_path
from cmdcore import modes

# The largest number that the threshold can be.
_FLOAT32 = 3.4e38


def check_new(settings: TrainSettings, output: str | os.PathLike) -> None:
    """Require that a run can begin.

    Args:
        settings: Of the run.
        output: Its folder.

    Raises:
        InputError: if a setting cannot be used, what it names is not there, or the folder
            is taken.
    """
    # Of several processes the first one may have begun to write already.
    if settings.strategy != "data-parallel":
        RunFolder.check_free(output)
    check(settings)


def recorded_settings(
    folder: RunFolder,
    moved: Mapping[str, str | None] = MappingProxyType({}),
    trusted: Collection[str] = (),
) -> TrainSettings:
    """The settings that a run was begun with.

    Args:
        folder: Of the run.
        moved: Where things are now, by the settings that name them; None is where they were.
        trusted: Every `module:function` that the user has named.

    Raises:
        InputError: if `config.json` is not that of a run.
    """
    settings = folder.read_json("config.json").get("settings")
    if not isinstance(settings, dict):
        raise InputError(
            f"{folder.path / 'config.json'} is not that of a run: it has no object 'settings'."
        )
    settings = TrainSettings.from_json(settings)
    settings = settings.changed(**{k: v for k, v in moved.items() if v is not None})
    return dataclasses.replace(settings, trusted=frozenset(trusted))


def check_resumed(
    path: str | os.PathLike,
    moved: Mapping[str, str | None] = MappingProxyType({}),
    strategy: str | None = None,
    trusted: Collection[str] = (),
) -> str | None:
    """Require that a run can go on; one that has ended is not looked at further.

    Args:
        path: A run folder.
        moved: As `recorded_settings` takes it.
        strategy: That of the run, if it is said anew.
        trusted: Every `module:function` that the user has named.

    Returns:
        The backend that the run was set to.

    Raises:
        InputError: if there is no run, or it cannot go on as it was begun.
    """
    # Of several processes all but the first are told what they are part of.
    if strategy is not None and not user_path(path).exists():
        return None
    folder = RunFolder.of_run(path)
    settings = recorded_settings(folder, moved, trusted)
    if not folder.has_ended():
        settings = settings if strategy is None else settings.changed(strategy=strategy)
        check(settings)
    return settings.backend


def check_ended(path: str | os.PathLike, data_dir: str | None = None) -> None:
    """Require a run that has ended, to evaluate, predict or export.

    Args:
        path: A run folder.
        data_dir: Where the data are now, if they moved and are needed.

    Raises:
        InputError: if there is none, or it has not ended.
    """
    folder = RunFolder.of_run(path)
    recorded_settings(folder, {"data_dir": data_dir})
    folder.check_networks()
    check_backend()


def check_begun(paths: Sequence[str | os.PathLike]) -> None:
    """Require runs, whether they have ended or not.

    Raises:
        InputError: if there is none in one of the folders.
    """
    for path in paths:
        recorded_settings(RunFolder.of_run(path))
    check_backend()


def check_files(paths: Sequence[str | os.PathLike]) -> None:
    """Require files that are there.

    Raises:
        InputError: naming those that are not.
    """
    missing = [str(path) for path in paths if not user_path(path).exists()]
    if missing:
        listed = ", ".join(f"{path} (does not exist)" for path in missing[:10])
        raise InputError(
            f"Cannot read {len(missing)} of {len(paths)} files: {listed}"
            f"{', …' if len(missing) > 10 else ''}. Name files that are there."
        )


def check_threshold(eta: float, b2: float, num_classes: int) -> None:
    """Require constants whose threshold can be drawn.

    Raises:
        InputError: if eq. 12 does not take them, or gives more than float32 can hold.
    """
    try:
        modes.Selection(eta, b2)
    except ValueError as error:
        raise InputError(str(error)) from None
    if abs(math.log(num_classes) / eta) * 2 > _FLOAT32:
        raise InputError(f"The threshold of η = {eta:g}, b₂ = {b2:g} is too large to draw.")
    check_backend()
