"""`cmd-keras reproduce`."""

from typing import Any

import click

from cmd_keras.reproduce import EXPERIMENTS
from cmd_keras.reproduce.experiment import SCALES
from cmd_keras.run.settings.method import CONSTANTS_OF

from .choice import NearestChoice
from .compare import run_comparison
from .errors import WrongInput, wrong_input_in_one_line
from .seeds import Seeds
from .setting_options import given_options, setting_options


@click.command()
@click.argument("experiment", type=NearestChoice(tuple(EXPERIMENTS)))
@click.option("--scale", type=NearestChoice(tuple(SCALES)), default="small", show_default=True)
@click.option("--seeds", type=Seeds(), default="3", show_default=True, metavar="N|FIRST-LAST",
              help="How many, from 0; or which.")  # fmt: skip
@click.option("--processes", type=int, default=1, show_default=True, help="Runs at a time.")
@click.option("--output", metavar="DIR", help="New, or of this experiment, which then goes on.")
@setting_options("noise", "seed", "export", "tensorboard", "method", *CONSTANTS_OF["method"])
@click.pass_context
def reproduce(
    context: click.Context,
    experiment: str,
    scale: str,
    seeds: tuple[int, ...],
    processes: int,
    output: str | None,
    **options: Any,
) -> None:
    """Train what a table or figure of the paper shows, and print both side by side.

    \b
    cmd-keras reproduce table1 --output reproduced/table1 --processes 2
    cmd-keras reproduce table3 --scale paper --output reproduced/table3

    table1, table3 to table7, figure2, figure3 and figure4. --scale paper is
    the paper's setting to the letter, CIFAR-100 with its networks and epochs, for machines
    with GPUs; small is the digits. All other options are those of `cmd-keras train`, for all
    runs.

    The folder is that of `cmd-keras compare`, and paper.md, with the paper's figures. The
    same command goes on where it was stopped.
    """
    given = given_options(context, options)
    chosen = EXPERIMENTS[experiment]
    with wrong_input_in_one_line():
        if output is None:
            raise WrongInput("Name the folder of the experiment, with --output.")
        grid = chosen.grid(scale, seeds, given)

    def also(folder: Any, results: list[dict[str, Any]]) -> None:
        from cmd_keras.reproduce.beside_the_paper import as_page, beside_the_paper

        table = beside_the_paper(chosen, results)
        page = as_page(chosen, table, scale, grid.base.dataset, given)
        with folder.whole("paper.md") as path:
            path.write_text(page, encoding="utf-8")
        click.echo(f"\n{page}")

    run_comparison(grid, output, processes, None, also)
