"""`cmd-keras evaluate`."""

import json

import click

from cmd_keras.run.folder.ready import check_ended

from .choice import PARTS, NearestChoice
from .errors import wrong_input_in_one_line
from .quiet_start import quiet_start
from .terminal import terminal


@click.command()
@click.argument("run")
@click.option("--on", "part", type=NearestChoice(PARTS), default="test", show_default=True)
@click.option("--data-dir", metavar="DIR", help="Where the data are now, if they moved.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def evaluate(run: str, part: str, data_dir: str | None, as_json: bool) -> None:
    """Measure the networks of a finished run again.

    \b
    cmd-keras evaluate runs/first
    cmd-keras evaluate runs/first --on train --json       against the labels as given
    """
    with wrong_input_in_one_line():
        check_ended(run, data_dir)
    with quiet_start():
        from cmd_keras.run.results.evaluate import evaluate as measure
        from cmd_keras.run.results.finished_run import FinishedRun
        from cmd_keras.run.results.report import print_evaluation
    with wrong_input_in_one_line():
        measured = measure(FinishedRun(run), part, data_dir)
    if as_json:
        click.echo(json.dumps(measured, indent=2))
    else:
        print_evaluation(terminal(), part, measured)
