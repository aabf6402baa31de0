"""`cmd-keras methods`."""

import dataclasses
import inspect

import click

from cmd_keras.run.settings.method import METHODS, Taught


@click.command()
def methods() -> None:
    """List the methods that --method knows, with their papers and constants.

    \b
    cmd-keras methods
    cmd-keras train --noise sym:0.4 --method gce --q 0.5
    cmd-keras compare --row cmd --row gce --row 'sce alpha=1 beta=1' --noise sym:0.4

    Constants that are not given are what is shown, but for cmd, whose are those of the
    recipe. --rate is the share of wrong labels, which --noise says, too. Methods of one
    network train two of them that know nothing of each other.
    """
    for name, method in METHODS.items():
        summary, paper, *_ = (inspect.getdoc(method) or "").split("\n\n")
        constants = [
            _constant(field)
            for field in dataclasses.fields(method)
            # Off, unless somebody asks for it.
            if field.default is not False
        ]
        if issubclass(method, Taught):
            constants.append("--teacher (a run, or a .keras file)")
        click.echo(f"{name}: {summary.rstrip('.')}")
        for text in (" ".join(paper.split()), " ".join(constants)):
            click.echo(click.wrap_text(text, 96, "    ", "    "))


def _constant(field: dataclasses.Field) -> str:
    # A matrix is made of the rate, and for other things that are open the rate decides, too.
    name = "rate" if field.name == "transition" else field.name.replace("_", "-")
    open_ones = {dataclasses.MISSING: "(or --noise)", None: "(by --rate)"}
    said = f"--{name} {open_ones.get(field.default) or _written(field.default)}"
    return f"{said} or --transition (a review, or a file)" if field.name == "transition" else said


def _written(default: object) -> str:
    return default if isinstance(default, str) else f"{default:g}"
