"""Data written again with corrected labels; the original is never touched."""

import dataclasses
import os
from pathlib import Path

from cmd_keras import data
from cmd_keras.data.files.path_text import show_path
from cmd_keras.data.sources.known import source_of
from cmd_keras.data.sources.table.image_list import ImageList, base_of
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.relabel.changes import Changes
from cmd_keras.relabel.check import check_relabel, is_review
from cmd_keras.relabel.output import output_path
from cmd_keras.relabel.rounds import Round, correct_in_rounds
from cmd_keras.relabel.write_csv import line_of_row, write_csv
from cmd_keras.relabel.write_folder import write_folder
from cmd_keras.relabel.write_npz import write_npz
from cmd_keras.review.opinion import parts_of
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.folder.whole_file import whole, whole_tree
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.run.settings.resolve import data_options
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.user_path import user_path


@dataclasses.dataclass(frozen=True)
class Relabelled:
    """What was written.

    Args:
        path: The folder or file.
        relabelled: How many examples have another label than in the data.
        removed: How many of the data are left out.
        rounds: What the corrections of the run or review changed, if it was made with some, and
            what those changed that were given.
    """

    path: Path
    relabelled: int
    removed: int
    rounds: tuple[Round, ...]


def relabel(
    reviewed: str | os.PathLike,
    corrections: str,
    output: str | os.PathLike,
    links: bool = False,
) -> Relabelled:
    """Write a copy of the data of a run or review, with corrected labels.

    Args:
        reviewed: The folder of the run or review.
        corrections: What was decided, as `cmd_keras.data.corrections.correct_labels` takes it.
            What the run or review was itself made with is carried out before.
        output: For data in a folder a new folder, for a table or arrays a new file. Folders
            above it are made where they are missing.
        links: Whether the files of a folder become links to where they are, instead of copies.

    Raises:
        InputError: if the data have no labels in files, they or the corrections of the run are
            no longer what it was made with, the corrections cannot be carried out, links are
            asked for of other data than a folder, or the output is there already or cannot be
            made.
    """
    settings = check_relabel(reviewed, output, links)
    dataset = data.load(settings.dataset, **data_options(_as_they_are(settings)))
    _check_same(Path(reviewed), settings)
    corrected, rounds = correct_in_rounds(dataset, settings.corrections, corrections)
    changes = Changes.between(dataset, corrected)
    source, place = source_of(settings.dataset)
    original, path = user_path(place), output_path(output)
    if source.name == "folder":
        with whole_tree(path) as written:
            write_folder(original, changes, written, links)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as written:
            match source.name:
                case "csv":
                    write_csv(original, settings.target, changes, line_of_row, written)
                case "images":
                    lines = _list_of(settings, place).lines()
                    write_csv(original, settings.target, changes, lines.__getitem__, written)
                case "npz":
                    write_npz(original, changes, written)
    if source.name == "images":
        _say_base(path, base_of(place, settings.data_dir))
    return Relabelled(path, len(changes.relabelled), len(changes.removed), rounds)


def _list_of(settings: TrainSettings, place: str) -> ImageList:
    return ImageList.read(place, settings.target, settings.files, settings.data_dir, settings.parts)


def _say_base(path: Path, base: Path) -> None:
    if path.resolve().parent != base.resolve():
        notice(
            f"Paths in {path} are relative to {show_path(base)}, as they were: name that folder as "
            "data_dir where you read it."
        )


def _check_same(reviewed: Path, settings: TrainSettings) -> None:
    """Require that the data, and its corrections, are still those of the run or review."""
    try:
        _check_read_again(reviewed, settings)
    except InputError as error:
        if settings.corrections is None:
            raise
        raise InputError(
            f"{error} {reviewed} was made with the corrections {settings.corrections}: if that "
            "file was changed since, bring it back as well, and write new decisions into another."
        ) from None


def _check_read_again(reviewed: Path, settings: TrainSettings) -> None:
    if not is_review(reviewed):
        FinishedRun(reviewed).dataset()
        return
    folder = ReviewFolder.of_review(reviewed)
    dataset = data.load(settings.dataset, **data_options(settings))
    _, folds = folder.begun()
    parts_of(folder, settings, dataset, folds)


def _as_they_are(settings: TrainSettings) -> TrainSettings:
    """What reads all of the data, with the labels that are in the files."""
    return dataclasses.replace(
        settings,
        fold=None,
        validation_split=0.0,
        train_examples=None,
        test_examples=None,
        corrections=None,
    )
