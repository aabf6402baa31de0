"""What can be said of a comparison before Keras is imported."""

import os

from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.compare.grid import Grid
from cmd_keras.errors import InputError
from cmd_keras.runs.memory import check_one_process_a_run, check_processes


def check_comparison(
    grid: Grid, output: str | os.PathLike, processes: int = 1, against: str | None = None
) -> Grid:
    """Require what `compare` takes.

    Returns:
        The grid, with what the folder has already.

    Raises:
        InputError: if a row, a setting, the folder or the number of processes cannot be used.
    """
    check_processes(processes)
    check_one_process_a_run(grid.base)
    grid.check()
    grid = ComparisonFolder.check(output, grid)
    check_against(grid, against)
    return grid


def check_against(grid: Grid, against: str | None) -> None:
    """Require a row that others can be compared with.

    Args:
        grid: What is compared.
        against: The name of a row, or None.

    Raises:
        InputError: if there is no such row.
    """
    if against is not None and against not in [row.name for row in grid.rows]:
        raise InputError(f"against: there is {grid.no_row(against)}")
