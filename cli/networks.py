"""`cmd-keras networks`."""

import click

from cmd_keras.networks.names import NAMES


@click.command()
def networks() -> None:
    """List the networks that --network knows by name.

    \b
    cmd-keras networks
    cmd-keras train --network resnet18 --network-b shufflenet_v2_x1
    cmd-keras train --network my_module:my_function       your own
    cmd-keras train --network saved.keras                 your own, as a file

    A function of yours is called as my_function(input_shape, num_classes) and returns
    a keras.Model from raw inputs (pixels from 0 to 255) to logits, without a softmax.
    A file gives its architecture; with --pretrained its weights as well.
    """
    for name, description in NAMES.items():
        click.echo(f"  {name:<20}{description}")
