"""`cmd-keras compare`."""

from collections.abc import Callable
from typing import Any

import click

from cmd_keras.compare.check import check_against, check_comparison
from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.compare.grid import Grid
from cmd_keras.compare.row import Row
from cmd_keras.run.settings.method import CONSTANTS_OF
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.memory import check_processes

from .backend import choose_backend
from .errors import WrongInput, stopped_in_one_line, wrong_input_in_one_line
from .process_switches import set_process_switches
from .quiet_start import quiet_start
from .seeds import Seeds
from .setting_options import given_options, setting_options
from .terminal import terminal

_ROWS = ("ce", "mconf", "cmd")
_SEEDS = tuple(range(5))


@click.command()
@click.option(
    "--row",
    "rows",
    metavar="METHOD",
    multiple=True,
    help="A row of the table: '[NAME:] METHOD [setting=value …]'. May be repeated. "
    f"[{', '.join(_ROWS)}]",
)
@click.option("--noise", "noises", metavar="KIND:RATE", multiple=True,
              help="A column of the table. May be repeated. [sym:0.4]")  # fmt: skip
@click.option(
    "--seeds", type=Seeds(), metavar="N|FIRST-LAST", help="How many, from 0; or which. [5]"
)
@click.option("--against", metavar="ROW", help="What the others are compared with. [first row]")
@click.option("--processes", type=int, default=1, show_default=True, help="Runs at a time.")
@click.option("--output", metavar="DIR", help="New, or of this comparison, which then goes on.")
@click.option("--resume", metavar="DIR", help="Go on with a comparison as it was begun.")
@click.option(
    "--without",
    metavar="ROW",
    multiple=True,
    help="With --resume: a row that is taken off; its runs are kept. May be repeated.",
)
@setting_options("noise", "seed", "export", "tensorboard", "method", *CONSTANTS_OF["method"])
@click.pass_context
def compare(
    context: click.Context,
    rows: tuple[str, ...],
    noises: tuple[str, ...],
    seeds: tuple[int, ...] | None,
    against: str | None,
    processes: int,
    output: str | None,
    resume: str | None,
    without: tuple[str, ...],
    **options: Any,
) -> None:
    """Compare methods on one data set, over noise and seeds.

    \b
    cmd-keras compare --row ce --row mconf --row cmd --output comparisons/digits
    cmd-keras compare --row all+ce --row 'cmd-p+mconf eta=4' --row sync-mkd \\
        --noise sym:0.2 --noise pair:0.4 --seeds 10 --processes 2 --output …
    cmd-keras compare --resume comparisons/digits          after whatever stopped it
    cmd-keras compare --resume comparisons/digits --without ce       but for one row

    A METHOD is a self-distillation that passes nothing on (ce, mconf), what is passed on
    and a self-distillation (all+ce, cmd-s+mconf, cmd-p+mconf), or a method (sync-mkd;
    cmd, as `cmd-keras train` has it). All other options are those of `cmd-keras train`
    and the same for all rows.

    The folder holds results.csv (a line a run), table.md and table.png (mean ± standard
    deviation, differences paired by seed with 95 % intervals), differences.csv (every
    pair of rows), curves-….png and a run folder each. The same command goes on where it
    was stopped; more rows, noises or seeds are added to what is there.
    """
    given = given_options(context, options)
    with wrong_input_in_one_line():
        if resume is not None:
            if given or rows or noises or seeds is not None or output is not None:
                raise WrongInput(
                    "--resume goes on with a comparison as it was begun; only --processes, "
                    "--against and --without may be given. To add to it give the whole command "
                    "with --output."
                )
            folder = ComparisonFolder.of_comparison(resume)
            if without:
                # Before anything is written: a command that is refused changes nothing.
                check_against(folder.grid().without(without), against)
                check_processes(processes)
                folder.leave_out(without)
            output, grid = resume, folder.grid()
        else:
            if without:
                raise WrongInput("--without takes a row off a comparison: name that with --resume.")
            if output is None:
                raise WrongInput("Name the folder of the comparison, with --output.")
            grid = _grid(rows or _ROWS, noises or ("sym:0.4",), seeds or _SEEDS, given)
    run_comparison(grid, output, processes, against)


def run_comparison(
    grid: Grid,
    output: str,
    processes: int,
    against: str | None,
    also: Callable[[ComparisonFolder, list[dict[str, Any]]], None] | None = None,
) -> None:
    """Compare as the command line does: errors in a line, exit code 1 where a run failed.

    Args:
        grid: What is compared.
        output: The folder.
        processes: How many runs at a time.
        against: The row that the others are compared with.
        also: Called with folder and results in the end.
    """
    with wrong_input_in_one_line():
        grid = check_comparison(grid, output, processes, against)
    choose_backend(grid.base.backend)
    set_process_switches(processes)
    with quiet_start():
        from cmd_keras.compare.compare import compare_checked as run
    advice = "What has ended is kept. To go on give the same command."
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: advice):
        results = run(grid, output, processes, terminal(), against)
        if also is not None:
            also(ComparisonFolder.of_comparison(output), results)
    if any(result["status"] == "failed" for result in results):
        raise SystemExit(1)


def _grid(
    rows: tuple[str, ...],
    noises: tuple[str, ...],
    seeds: tuple[int, ...],
    given: dict[str, Any],
) -> Grid:
    base = TrainSettings(trusted=frozenset()).changed(**given)
    return Grid(base, tuple(map(Row.parse, rows)), noises, seeds)
