"""A run, from wherever it stands."""

from pathlib import Path
from typing import Any

from rich.console import Console

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.same_settings import other_setting
from cmd_keras.run.resume import resume
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.run.train import train


def train_or_resume(
    settings: TrainSettings, folder: Path, console: Console | None = None
) -> dict[str, Any]:
    """Make a run, or go on with it where it was begun; one that has ended is left as it is.

    Args:
        settings: Of the run. Where its data and its teacher are may have changed since it was
            begun.
        folder: Of the run.
        console: Where progress is printed. None prints nothing.

    Returns:
        What `metrics.json` holds.

    Raises:
        InputError: if the run in the folder was begun with other settings; and as `train` and
            `resume`.
        RunError: as these.
    """
    if not _has_begun(folder):
        return train(settings, folder, console)
    check_begun(folder, settings)
    return resume(
        folder,
        console,
        data_dir=settings.data_dir,
        trusted=settings.trusted or (),
        teacher=settings.teacher,
    )


def check_begun(folder: Path, settings: TrainSettings) -> None:
    """Require that a run, if it has been begun, was begun with these settings.

    Args:
        folder: Of the run.
        settings: That are asked for now.

    Raises:
        InputError: naming the first setting that was another one.
    """
    if not _has_begun(folder):
        return
    if (other := other_setting(RunFolder(folder), settings)) is not None:
        raise InputError(
            f"{folder} holds another run: its {other.name} is {other.begun}, and {other.asked} is "
            "asked for. Remove it to have the run made anew, or choose another folder."
        )


def _has_begun(folder: Path) -> bool:
    return (folder / "config.json").exists()
