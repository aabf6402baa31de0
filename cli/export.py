"""`cmd-keras export`."""

import click

from cmd_keras.printable import printable
from cmd_keras.run.folder.ready import check_ended
from cmd_keras.run.settings.packages import FORMATS, check_export

from .choice import NearestChoice
from .errors import wrong_input_in_one_line
from .quiet_start import quiet_start


@click.command()
@click.argument("run")
@click.option("--format", "form", type=NearestChoice(FORMATS), default="saved_model",
              show_default=True)  # fmt: skip
def export(run: str, form: str) -> None:
    """Write the ensemble of a finished run in a form that other programs serve.

    \b
    cmd-keras export runs/first                       runs/first/saved_model
    cmd-keras export runs/first --format onnx         runs/first/ensemble.onnx

    From what the networks take to the mean of their probabilities: images are as they were
    trained on; of a table it is the row as feature_space.keras in the run encodes it.
    """
    with wrong_input_in_one_line():
        check_ended(run)
        check_export(form)
    with quiet_start():
        from cmd_keras.run.results.export import export as write
        from cmd_keras.run.results.finished_run import FinishedRun
    with wrong_input_in_one_line():
        finished = FinishedRun(run)
        path = write(finished.distiller(), form, finished.folder)
    click.echo(f"wrote {printable(str(path))}")
