"""What only the data tell of a comparison, before its first run."""

import dataclasses
from collections import defaultdict
from pathlib import Path

from cmd_keras.compare.data_of import data_of
from cmd_keras.compare.grid import Cell
from cmd_keras.errors import InputError
from cmd_keras.notice import notices_to
from cmd_keras.run.devices.check_fits import check_fits
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.run.folder.run_folder import RunFolder


def check_data(folder: Path, cells: list[Cell]) -> None:
    """Require that each run which has not ended can be made of its data.

    The data are read once for all rows that share them; what there is to be noted of them the
    runs say.

    Args:
        folder: Of the comparison.
        cells: All runs.

    Raises:
        InputError: if data cannot be read, or naming the first row that they do not fit.
    """
    alike: dict[str, dict[tuple[str, str], Cell]] = defaultdict(dict)
    for cell in cells:
        if not RunFolder(folder / cell.path).has_ended():
            alike[data_of(cell.settings)].setdefault((cell.row, cell.noise), cell)
    with notices_to(lambda _: None):
        for group in alike.values():
            first, *_ = group.values()
            dataset = read_data(dataclasses.replace(first.settings, noise="none"))
            for cell in group.values():
                try:
                    check_fits(cell.settings, dataset)
                except InputError as error:
                    raise InputError(f"Row {cell.row!r}, {cell.noise}: {error}") from None
