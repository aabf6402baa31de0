"""`cmd-keras predict`."""

import csv
import sys

import click

from cmd_keras.run.folder.ready import check_ended, check_files

from .errors import wrong_input_in_one_line
from .quiet_start import quiet_start


@click.command()
@click.argument("run")
@click.argument("files", nargs=-1, required=True)
def predict(run: str, files: tuple[str, ...]) -> None:
    """Ask the networks of a finished run about your own files.

    \b
    cmd-keras predict runs/first photo.jpg another.png
    cmd-keras predict runs/first new/*.jpg > opinions.csv
    cmd-keras predict runs/table rows.csv

    Prints one CSV line an input: its name, the most probable class and its
    probability, the mean of both networks. In a file it is UTF-8.
    """
    with wrong_input_in_one_line():
        check_ended(run)
        check_files(files)
    with quiet_start():
        from cmd_keras.run.results.finished_run import FinishedRun
        from cmd_keras.run.results.predict import predict as ask
    with wrong_input_in_one_line():
        rows = ask(FinishedRun(run), files)
    _keep_letters()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("file", "class", "probability"))
    writer.writerows((name, label, f"{p:.6g}") for name, label, p in rows)


def _keep_letters() -> None:
    """Have standard output write each letter, unless it is a terminal, which shows what it can."""
    if not sys.stdout.isatty():
        # Bytes in the name of a file that are no text cannot be written as UTF-8.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
