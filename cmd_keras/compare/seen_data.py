"""What the folders of runs say of the data that they were made with."""

import csv
import hashlib
from typing import Any

from cmd_keras.compare.data_of import data_of
from cmd_keras.compare.grid import Cell
from cmd_keras.run.folder.run_folder import RunFolder


def seen_data(run: RunFolder, config: dict[str, Any], cell: Cell) -> dict[tuple, Any]:
    """What has to be the same in all runs on the same data.

    Args:
        run: The folder of a run that has ended.
        config: What its `config.json` holds.
        cell: The run.

    Returns:
        By what it is, as a sentence names it, and for which runs it holds: two runs that share
        such a key share its value. What an older run does not say is left out.
    """
    data, of = config.get("data") or {}, data_of(cell.settings)
    digests, drawn = data.get("sha256") or {}, (of, cell.noise, cell.seed)
    seen = {
        ("classes", of): data.get("class_names"),
        ("test examples", of): digests.get("test"),
        ("training examples", *drawn): digests.get("train"),
        ("validation examples", *drawn): digests.get("validation"),
    }
    if cell.settings.validation_split == 0:
        seen["validation examples", of] = digests.get("validation")
        if cell.settings.fold is None:
            # Where labels were corrected, noise decides which of them count as clean.
            seen["training examples", of, cell.noise] = _without_noise(run)
    return {key: value for key, value in seen.items() if value is not None}


def _without_noise(run: RunFolder) -> str | None:
    """A digest of the training labels before noise was added, which no seed changes."""
    path = run.path / "labels.csv"
    if not path.exists():
        return None
    digest = hashlib.sha256()
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            digest.update(f"{row.get('index')} {row.get('clean')}\n".encode())
    return digest.hexdigest()
