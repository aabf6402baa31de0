"""Whether the data are still those that a run was made with."""

import csv
from typing import Any

from cmd_keras.counted import counted
from cmd_keras.csv_text import csv_text, table
from cmd_keras.data import Dataset
from cmd_keras.data.digests import digests, other_part
from cmd_keras.errors import InputError
from cmd_keras.listed import listed
from cmd_keras.run.folder.run_folder import RunFolder


def about_data(dataset: Dataset) -> dict[str, Any]:
    """What `config.json` keeps of the data of a run."""
    return {
        "class_names": dataset.class_names,
        "input_format": dataset.input_format.to_json(),
        "sha256": digests(dataset),
    }


def write_labels(folder: RunFolder, dataset: Dataset) -> None:
    """Write `labels.csv`: each training label as it is given, and before noise was added."""
    folder.write_csv("labels.csv", *_labels(dataset))


def check_same_data(folder: RunFolder, config: dict[str, Any], dataset: Dataset) -> None:
    """Require that the data are those that a run began with.

    Args:
        folder: Of the run.
        config: What its `config.json` holds.
        dataset: The data, read with the settings of the run.

    Raises:
        InputError: saying what is another one: a class, a label, or an example of a part.
    """
    recorded = config.get("data", {})
    before, now = recorded.get("class_names", []), list(dataset.class_names)
    if before != now:
        gone = [name for name in before if name not in now]
        new = [name for name in now if name not in before]
        _refuse(
            folder,
            "the classes are others"
            + (f", without {listed(gone, 5)}" if gone else "")
            + (f", with {listed(new, 5)} that it does not know" if new else ""),
        )
    path = folder.path / "labels.csv"
    if path.exists() and path.read_bytes() != csv_text(*_labels(dataset)).encode():
        _refuse(folder, f"{_difference(folder, dataset)} ({path})")
    if part := other_part(recorded.get("sha256", {}), digests(dataset)):
        _refuse(folder, f"examples of the {part} part were added, taken away or changed")


def _refuse(folder: RunFolder, difference: str) -> None:
    raise InputError(
        f"The data are not those that {folder.path} was trained and tested on: {difference}. "
        "Numbers measured now would not be comparable, or wrong. Bring the data back, or start a "
        "new run (as for one that was made before version 0.2, or early in it of a table or arrays "
        "with copies, which held out other examples)."
    )


def _labels(dataset: Dataset) -> tuple[tuple[str, ...], list[tuple]]:
    """Header and rows of `labels.csv`."""
    return table(
        {
            "index": dataset.train_index.tolist(),
            "file": dataset.train_names,
            "given": dataset.given_labels.tolist(),
            "clean": dataset.clean_labels.tolist(),
        }
    )


def _difference(folder: RunFolder, dataset: Dataset) -> str:
    """What `labels.csv` says otherwise than the data."""
    header, rows = _labels(dataset)
    name = header.index("file") if "file" in header else 0
    now = {str(row[name]): [str(cell) for cell in row] for row in rows}
    with (folder.path / "labels.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))[1:]
    before = {line[name]: line for line in lines if len(line) == len(header)}
    new, gone = [k for k in now if k not in before], [k for k in before if k not in now]
    given = header.index("given")
    other = [k for k in now if k in before and before[k][given] != now[k][given]]
    counts = (
        (new, "training example", "new"),
        (gone, "training example", "gone"),
        (other, "training label", "changed"),
    )
    said = [
        f"{counted(len(names), what)} {'are' if len(names) > 1 else 'is'} {how}, "
        f"such as {names[0]!r}"
        for names, what, how in counts
        if names
    ]
    return " and ".join(said) or "the training labels, or their order, are others"
