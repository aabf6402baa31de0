"""What can be said before the data are read."""

import os
from pathlib import Path

from cmd_keras.data.sources.known import source_of
from cmd_keras.errors import InputError
from cmd_keras.relabel.output import check_output, output_path
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.folder.ready import recorded_settings
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.user_path import user_path

# What a copy is called at its end, for each source that one is written of.
_WRITTEN = {"folder": "", "images": ".csv", "csv": ".csv", "npz": ".npz"}


def check_relabel(
    reviewed: str | os.PathLike, output: str | os.PathLike, links: bool = False
) -> TrainSettings:
    """Require data that can be written, and a place for them.

    Args:
        reviewed: The folder of a run or review.
        output: What is to be written.
        links: Whether files are to become links.

    Returns:
        The settings of the run or review.

    Raises:
        InputError: if there is neither, its data have no labels in files, noise was added to
            them, its own corrections are gone, there are no files that could become links, or
            the output is there already or cannot be made.
    """
    if is_review(reviewed):
        settings, _ = ReviewFolder.of_review(reviewed).begun()
    else:
        settings = recorded_settings(RunFolder.of_run(reviewed))
    source, place = source_of(settings.dataset)
    if source.name not in _WRITTEN:
        raise InputError(
            f"The labels of {settings.dataset} are in no file of yours. A copy is written of data "
            f"that were named as {', '.join(f'{name}:…' for name in _WRITTEN)}; others are "
            "corrected as they are read, with --corrections."
        )
    if settings.noise != "none":
        raise InputError(
            f"{reviewed} is of labels that {settings.noise} made wrong on purpose; those in the "
            "files are right. Review the data without noise."
        )
    if links and source.name != "folder":
        raise InputError(
            f"links has no effect with {settings.dataset}: of a folder of images the files can be "
            "linked, and this copy is one file. Leave it out."
        )
    own = settings.corrections
    if own is not None and not user_path(own).is_file():
        raise InputError(
            f"{reviewed} was made with the corrections {own}, and there is no such file any more. "
            "Bring it back: what it says belongs into the copy."
        )
    check_output(output_path(output), place, _WRITTEN[source.name])
    return settings


def is_review(folder: str | os.PathLike) -> bool:
    """Whether a folder is that of a review, not of a run."""
    return (Path(folder) / "review.json").is_file()
