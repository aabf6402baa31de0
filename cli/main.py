"""The `cmd-keras` command: arguments in, `cmd_keras` called, errors in one line."""

import sys

import click

from .compare import compare
from .datasets import datasets
from .evaluate import evaluate
from .export import export
from .methods import methods
from .networks import networks
from .plot import plot
from .predict import predict
from .relabel import relabel
from .reproduce import reproduce
from .review import review
from .schedule import schedule
from .train import train
from .tune import tune


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cmd-keras")
def main() -> None:
    """Two networks trained on badly labelled images teach each other what they are sure of.

    \b
    cmd-keras train                                     digits, labels as they are
    cmd-keras train --noise sym:0.4                     40 % of the labels wrong
    cmd-keras train --dataset folder:photos             your own images
    cmd-keras train --resume runs/first                 after Ctrl-C, kill or power cut
    cmd-keras reproduce table1 --output DIR             the paper's tables and figures
    cmd-keras plot runs/first runs/second               curves over each other
    cmd-keras predict runs/first photo.jpg              ask the trained networks
    cmd-keras tune --noise sym:0.4 --output DIR         the constants for your data
    cmd-keras review --output DIR                       which labels are wrong
    cmd-keras compare --row ce --row cmd --output DIR   methods, seed by seed
    cmd-keras schedule --eta 2 --b2 -5                  the threshold over time
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no χ shows a question mark, not a traceback.
        stream.reconfigure(errors="replace")


for command in (
    train,
    tune,
    compare,
    reproduce,
    review,
    relabel,
    evaluate,
    predict,
    plot,
    export,
    datasets,
    networks,
    methods,
    schedule,
):
    main.add_command(command)
