"""Every run of a grid, in processes of their own, and the tables that they come to."""

import os
import shlex
from typing import Any

from rich.console import Console

from cmd_keras.compare.check import check_comparison
from cmd_keras.compare.check_data import check_data
from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.compare.grid import Cell, Grid
from cmd_keras.compare.one_kind import of_one_kind
from cmd_keras.compare.results import result_of
from cmd_keras.compare.summary import measure_of
from cmd_keras.compare.write_tables import write_tables
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.runs.job import Job, Outcome
from cmd_keras.runs.processes import RunProcesses
from cmd_keras.runs.run_all import run_all
from cmd_keras.runs.time_left import TimeLeft
from cmd_keras.say import say
from cmd_keras.user_path import user_path


def compare(
    grid: Grid,
    output: str | os.PathLike,
    processes: int = 1,
    console: Console | None = None,
    against: str | None = None,
) -> list[dict[str, Any]]:
    """Make every run of a grid that has not ended yet, and write the tables.

    Runs are processes of their own: in a script call this below `if __name__ == "__main__":`.

    Args:
        grid: What is compared.
        output: A new folder, or that of the same comparison, which goes on: a run that has
            ended is not made again, one that was stopped continues, one that failed is
            tried again. Rows, noises and seeds may be added to it.
        processes: How many runs at a time.
        console: Where progress is printed. None prints nothing.
        against: The row that the others are compared with; the first, unless named.

    Returns:
        A dictionary a run, as in `results.csv`.

    Raises:
        InputError: if a row, a setting, the folder or the number of processes cannot be used.
    """
    grid = check_comparison(grid, output, processes, against)
    return compare_checked(grid, output, processes, console, against)


def compare_checked(
    grid: Grid,
    output: str | os.PathLike,
    processes: int = 1,
    console: Console | None = None,
    against: str | None = None,
) -> list[dict[str, Any]]:
    """The same for a grid that `check_comparison` has returned."""
    check_data(user_path(output), grid.cells())
    folder = ComparisonFolder.made(output)
    console = console or Console(quiet=True)
    with folder.locked():
        # Not before: a command that is refused changes nothing.
        grid = folder.begin(grid)
        folder.remove_unfinished()
        failures: dict[Cell, str] = {}
        try:
            make_runs(grid, folder, processes, console, failures)
        finally:
            # Of one that is stopped, too: it may take days.
            cells = grid.cells()
            results = [result_of(folder.path, cell, failures.get(cell)) for cell in cells]
            results = of_one_kind(folder.path, cells, results)
            write_tables(folder, results, against or grid.rows[0].name, console)
    for cell, result in zip(cells, results, strict=True):
        if result["status"] == "failed":
            say(console, f"failed: {_words(cell)}: {result['failure']}", style="red")
    if any(result["status"] == "failed" for result in results):
        command = f"cmd-keras compare --resume {shlex.quote(str(folder.path))} --without ROW"
        say(console, f"The same command tries what failed again. To take a row off: {command}")
    return results


def make_runs(
    grid: Grid,
    folder: ComparisonFolder,
    processes: int,
    console: Console,
    failures: dict[Cell, str],
) -> None:
    """Make what is left of a grid.

    Args:
        grid: What is compared.
        folder: Of the comparison.
        processes: How many runs at a time.
        console: Where progress is printed.
        failures: Gets why runs failed, for those that do.
    """
    cells = {folder.path / cell.path: cell for cell in grid.cells()}
    jobs = [
        Job(path, cell.settings) for path, cell in cells.items() if not RunFolder(path).has_ended()
    ]
    say(
        console,
        f"{len(cells)} runs, {len(cells) - len(jobs)} of them have ended already; "
        f"{processes} at a time; writing to {folder.path}",
    )
    left = TimeLeft(len(jobs), processes)

    def note(outcome: Outcome) -> None:
        cell = cells[outcome.job.folder]
        if outcome.failure is not None:
            failures[cell] = outcome.failure
        result = result_of(folder.path, cell, outcome.failure)
        measure = measure_of([result])
        accuracy = result[measure]
        said = "failed" if accuracy is None else f"{measure.split('_')[0]} {accuracy:.2%}"
        left.count(outcome.seconds)
        say(console, f"{left.position()}  {_words(cell)}: {said}, {left.words()}")

    with RunProcesses(processes) as running:
        run_all(jobs, running, note)


def _words(cell: Cell) -> str:
    return f"{cell.row}, {cell.noise}, seed {cell.seed}"
