"""`cmd-keras datasets`."""

from pathlib import Path

import click

from cmd_keras.data.sources.prepared.data_dir import check_data_dir
from cmd_keras.printable import printable
from cmd_keras.run.settings.packages import check_backend

from .choice import NearestChoice
from .errors import wrong_input_in_one_line
from .quiet_start import quiet_start

_WELL_KNOWN = (
    ("cifar10", "10 classes, 32×32, 50,000 images"),
    ("cifar100", "100 classes, 32×32, 50,000 images; the paper's main set"),
    ("food101", "101 classes, 75,750 images whose labels are noisy as they are"),
    ("svhn_cropped", "10 classes, house numbers, 32×32, 73,257 images"),
    ("mnist", "10 classes, digits, 28×28, 60,000 images"),
    ("fashion_mnist", "10 classes, clothes, 28×28, 60,000 images"),
)

_PAGES = ("webvision-mini", "food101", "cifar10_n", "cifar100_n")


@click.command()
@click.argument("page", type=NearestChoice(_PAGES), required=False)
@click.option("--data-dir", metavar="DIR", help="Where tensorflow-datasets keeps prepared sets.")
def datasets(page: str | None, data_dir: str | None) -> None:
    """List what there is to train on.

    \b
    cmd-keras datasets
    cmd-keras datasets --data-dir ~/tensorflow_datasets
    cmd-keras datasets webvision-mini           what to download, where to put it
    cmd-keras datasets food101
    cmd-keras datasets cifar10_n                and cifar100_n: labels of people
    """
    if page is not None:
        click.echo(Path(__file__).with_name(f"{page}.md").read_text(encoding="utf-8"))
        return
    with wrong_input_in_one_line():
        if data_dir is not None:
            check_data_dir(data_dir)
        check_backend()
    with quiet_start():
        from cmd_keras.data.sources.prepared import on_disk
    with wrong_input_in_one_line():
        folder = on_disk.find_data_dir(data_dir)
        prepared = on_disk.list_prepared(data_dir)
    click.echo("embedded")
    click.echo("  digits          10 classes, 8×8, 1,297 training and 500 test images")
    click.echo(f"prepared in {printable(str(folder))}" + ("" if prepared else ": none"))
    for name in prepared:
        click.echo(f"  {printable(name)}")
    click.echo(
        "your own: folder:PATH, images:FILE --target COLUMN, npz:FILE, csv:FILE --target COLUMN"
    )
    click.echo("pages about a set: cmd-keras datasets " + " | ".join(_PAGES))
    click.echo("downloaded by tensorflow-datasets on first use (any of its image sets will do)")
    for name, description in _WELL_KNOWN:
        if name not in prepared:
            click.echo(f"  {name:<16}{description}")
