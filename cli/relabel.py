"""`cmd-keras relabel`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cmd_keras.counted import counted
from cmd_keras.relabel.check import check_relabel
from cmd_keras.run.folder.ready import check_files

from .errors import wrong_input_in_one_line
from .quiet_start import quiet_start

if TYPE_CHECKING:
    from cmd_keras.relabel.rounds import Round


@click.command()
@click.argument("reviewed", metavar="REVIEW")
@click.argument("corrections")
@click.option("--output", required=True, metavar="PATH",
              help="A new folder, or a new .csv or .npz file.")  # fmt: skip
@click.option("--links", is_flag=True, help="Folders: link files instead of copying them.")
def relabel(reviewed: str, corrections: str, output: str, links: bool) -> None:
    """Write a copy of your data with corrected labels.

    \b
    cmd-keras relabel reviews/photos suspects.csv --output photos-corrected
    cmd-keras relabel runs/table suspects.csv --output corrected.csv

    REVIEW is the folder of a review or a run, CORRECTIONS its suspects.csv with a column
    action: keep, remove, or relabel (to predicted_name, or to what a column label says).
    What REVIEW was itself corrected with (--corrections) is in the copy as well.
    The original is not touched.
    """
    with wrong_input_in_one_line():
        check_relabel(reviewed, output, links)
        check_files([corrections])
    with quiet_start():
        from cmd_keras.relabel.relabel import relabel as write
    with wrong_input_in_one_line():
        written = write(reviewed, corrections, output, links)
    click.echo(
        f"wrote {written.path}: another label for {counted(written.relabelled, 'example')}, "
        f"{counted(written.removed, 'example')} left out{_by_round(reviewed, written.rounds)}"
    )


def _by_round(reviewed: str, rounds: Sequence["Round"]) -> str:
    """What is said of each table where there are two."""
    if len(rounds) == 1:
        return ""
    first, second = rounds
    return (
        f" ({first.corrections}, which {reviewed} was made with: {first.relabelled:,} and "
        f"{first.removed:,}; {second.corrections}: {second.relabelled:,} and {second.removed:,})"
    )
