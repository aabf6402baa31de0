"""`cmd-keras schedule`."""

import itertools
import math
from pathlib import Path

import click

from cmd_keras.printable import printable
from cmd_keras.run.folder.ready import check_threshold
from cmd_keras.run.folder.whole_file import whole

from .errors import WrongInput, wrong_input_in_one_line
from .png_path import PngPath
from .quiet_start import quiet_start


@click.command()
@click.option("--eta", type=float, multiple=True, default=(2.0,), show_default="2")
@click.option("--b2", type=float, multiple=True, default=(-5.0,), show_default="-5")
@click.option("--classes", type=click.IntRange(min=2), default=10, show_default=True)
@click.option("--epochs", type=click.IntRange(1, 1_000_000), default=100, show_default=True)
@click.option(
    "--output",
    type=PngPath(),
    help="PNG file. Without it the curve is drawn in the terminal.",
)
def schedule(
    eta: tuple[float, ...], b2: tuple[float, ...], classes: int, epochs: int, output: Path | None
) -> None:
    """Draw the threshold χ(t) of equation 12.

    \b
    cmd-keras schedule --eta 2 --b2 -5
    cmd-keras schedule --eta 2 --eta 4 --b2 -10 --b2 -5 --b2 0 --output schedule.png

    Knowledge is passed on where the entropy of a prediction is below χ. --eta
    and --b2 may be given several times.
    """
    with wrong_input_in_one_line():
        for e, b in itertools.product(eta, b2):
            check_threshold(e, b, classes)
    with quiet_start():
        from cmd_keras.plots import threshold
    curves = {
        f"η = {e:.15g}, b₂ = {b:.15g}": threshold.thresholds(e, b, classes, epochs)
        for e, b in itertools.product(eta, b2)
    }
    for label, chi in curves.items():
        if not all(map(math.isfinite, chi)):
            raise WrongInput(f"The threshold of {label} is too large to draw.")
    if output is None:
        for label, chi in curves.items():
            click.echo(f"{label}, {classes} classes, {epochs} epochs")
            click.echo(threshold.text(chi, classes))
    else:
        with wrong_input_in_one_line(), whole(output) as path:
            threshold.draw(curves, classes, path)
        click.echo(f"wrote {printable(str(output))}")
