"""The `cmd-keras` command: arguments in, `cmd_keras` called, errors in one line."""

import sys

import click

from .datasets import datasets
from .schedule import schedule
from .train import train


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cmd-keras")
def main() -> None:
    """Two networks trained on badly labelled images teach each other what they are sure of.

    \b
    cmd-keras train                                     digits, labels as they are
    cmd-keras train --noise sym:0.4                     40 % of the labels wrong
    cmd-keras train --dataset cifar100 --noise sym:0.4 --mode progressive --b2 -5
    cmd-keras schedule --eta 2 --b2 -5                  the threshold over time
    cmd-keras datasets                                  what there is to train on
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no χ shows a question mark, not a traceback.
        stream.reconfigure(errors="replace")


main.add_command(train)
main.add_command(schedule)
main.add_command(datasets)
