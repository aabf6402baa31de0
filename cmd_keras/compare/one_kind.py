"""Whether the runs of a comparison are of one kind, so that means can be taken of them."""

from pathlib import Path
from typing import Any

from cmd_keras.compare.grid import Cell
from cmd_keras.compare.results import failed
from cmd_keras.compare.row import NOT_OF_A_ROW
from cmd_keras.compare.seen_data import seen_data
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.same_settings import OtherSetting, other_setting

# Settings in which the runs of a row may differ, and where the data are.
_OF_NOISE_AND_SEED = ("noise", "seed", "rate", "transition", "data_dir", "batch_size")


def of_one_kind(
    folder: Path, cells: list[Cell], results: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The same, where a run has failed that is not of its row.

    It has to have the settings that the comparison gives it, with what is left to recipe and
    method as these say it now, the teacher of the lowest seed of its row, and the data of all
    runs with the same options. A run may have been brought from another machine, or be older than
    the constants of its recipe, or than its data; a row may have been taken off and given again
    as another one.

    Args:
        folder: Of the comparison.
        cells: Its runs.
        results: What `result_of` returns of each.
    """
    firsts: dict[tuple, tuple[Any, Cell]] = {}
    checked = list(results)
    for place in sorted(range(len(cells)), key=lambda place: cells[place].seed):
        if results[place]["status"] == "ended":
            failure = _failure(folder, cells[place], firsts)
            if failure is not None:
                checked[place] = failed(results[place], failure)
    return checked


def _failure(folder: Path, cell: Cell, firsts: dict[tuple, tuple[Any, Cell]]) -> str | None:
    """Why a run is not of its row; if it is, what is first seen in it is added to `firsts`."""
    run = RunFolder(folder / cell.path)
    if (other := other_setting(run, cell.settings)) is not None:
        return _other_words(other, cell)
    config = run.read_json("config.json")
    own = {k: v for k, v in config.get("settings", {}).items() if k not in _OF_NOISE_AND_SEED}
    row = "of its row", cell.row
    seen = {row: {**own, "teacher": config.get("teacher")}, **seen_data(run, config, cell)}
    for key, value in seen.items():
        known, first = firsts.get(key, (value, cell))
        if known != value:
            if key == row:
                return _row_words(value, known, cell, first)
            return _data_words(key[0], cell, first)
    for key, value in seen.items():
        firsts.setdefault(key, (value, cell))
    return None


def _other_words(other: OtherSetting, cell: Cell) -> str:
    words = (
        f"Its {other.name} is {other.begun}, and {other.asked} in this comparison. Remove its "
        f"folder {cell.path.as_posix()} to have it made anew"
    )
    # A row without a name of its own is another one when its settings are others.
    if other.name in (*NOT_OF_A_ROW, "transition") or other.begun is None or "=" in cell.row:
        return f"{words}."
    value = other.begun
    text = ",".join(map(str, value)) if isinstance(value, list) else value
    return (
        f"{words}; or, to keep it, take the row off (--without) and give it again under its name, "
        f"with what it was: --row '{cell.row}: … {other.name}={text}'."
    )


def _row_words(own: dict[str, Any], known: dict[str, Any], cell: Cell, first: Cell) -> str:
    remedy = (
        f"Remove the folder of either, {cell.path.as_posix()} or {first.path.as_posix()}, to have "
        "it made anew."
    )
    name = next(name for name in {**known, **own} if own.get(name) != known.get(name))
    if name == "teacher":
        return (
            f"It learned from another teacher than seed {first.seed} of its row: what is named "
            f"changed in between. {remedy}"
        )
    return (
        f"Its {name} is {own.get(name)}, which is {known.get(name)} in the run of its row with "
        f"seed {first.seed}. {remedy}"
    )


def _data_words(what: str, cell: Cell, first: Cell) -> str:
    return (
        f"Its {what} are others than those of {first.row}, {first.noise}, seed {first.seed}: the "
        "data, or their labels, were changed in between. Remove the folders of all runs on the "
        f"data of before, {cell.path.as_posix()} or {first.path.as_posix()} among them, to have "
        "them made anew; or begin another comparison."
    )
