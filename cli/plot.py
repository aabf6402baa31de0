"""`cmd-keras plot`."""

from pathlib import Path

import click

from cmd_keras.printable import printable
from cmd_keras.run.folder.ready import check_begun

from .errors import wrong_input_in_one_line
from .png_path import PngPath
from .quiet_start import quiet_start


@click.command()
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "--output",
    type=PngPath(),
    default="curves.png",
    show_default=True,
    help="PNG file; is not overwritten.",
)
def plot(runs: tuple[str, ...], output: Path) -> None:
    """Draw the curves of one run, or of several over each other.

    \b
    cmd-keras plot runs/first --output first.png
    cmd-keras plot runs/ce runs/cmd --output comparison.png

    Several: test accuracy, knowledge distilled (figures 3 and 2 of the paper), and
    how many of the wrong labels were memorised or seen through. Works while a run
    is still going on.
    """
    with wrong_input_in_one_line():
        check_begun(runs)
    with quiet_start():
        from cmd_keras.run.results.plot import plot_runs
    with wrong_input_in_one_line():
        plot_runs(runs, output)
    click.echo(f"wrote {printable(str(output))}")
