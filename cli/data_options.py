"""The options that say what is learned from."""

import click

from cmd_keras.run.settings.train_settings import CHOICES

from .choice import NearestChoice

DATA_OPTIONS = (
    click.option(
        "--dataset",
        metavar="NAME",
        help="digits; a tensorflow-datasets name; folder:PATH; images:FILE; npz:FILE; csv:FILE. "
        "[digits]",
    ),
    click.option(
        "--data-dir",
        metavar="DIR",
        help="Where tensorflow-datasets keeps prepared sets; images: what paths are relative to.",
    ),
    click.option(
        "--label-key", metavar="KEY", help="The labels to learn from, as worse_label of cifar10_n."
    ),
    click.option("--target", metavar="COLUMN", help="csv, images: the column with the class."),
    click.option("--files", metavar="COLUMN", help="images: the one with paths. [by itself]"),
    click.option(
        "--parts", metavar="COLUMN", help="csv, images: the one that says train or test. [none]"
    ),
    click.option(
        "--categorical",
        metavar="COLUMN",
        multiple=True,
        help="csv: numbers that are names. May be repeated.",
    ),
    click.option(
        "--ignore", metavar="COLUMN", multiple=True, help="csv: left out. May be repeated."
    ),
    click.option(
        "--image-size", type=int, help="Side of the images the networks see. [by data set]"
    ),
    click.option("--flip/--no-flip", default=None, help="Mirror half of the images. [by data set]"),
    click.option(
        "--pad",
        type=int,
        metavar="PIXELS",
        help="Shift training images by up to so many; 0 for not at all. [by data set]",
    ),
    click.option(
        "--train-examples",
        type=int,
        metavar="N",
        help="Train on N of the training examples, the same ones in every run. [all]",
    ),
    click.option(
        "--test-examples",
        type=int,
        metavar="N",
        help="Test on N of the test examples, the same ones in every run. [all]",
    ),
    click.option(
        "--corrections",
        metavar="FILE",
        help="Labels you looked at: suspects.csv with a column action.",
    ),
    click.option(
        "--test-split",
        type=float,
        help="Share for testing, where the data have no test part. [0.2]",
    ),
    click.option(
        "--fold",
        metavar="K/N",
        help="Train without the Kth of N parts, and predict it. [train on all]",
    ),
    click.option(
        "--validation-split",
        type=float,
        help="Share of the training data to choose settings by. [0]",
    ),
    click.option(
        "--validation-labels", type=NearestChoice(CHOICES["validation_labels"]), help="[clean]"
    ),
    click.option(
        "--noise", metavar="KIND:RATE", help="sym:0.4, pair:0.2, inst:0.4 or none. [none]"
    ),
)
