"""`cmd-keras train`."""

import json
import time
from pathlib import Path
from typing import Any

import click

from .choice import MODES, NETWORKS, SELF_KD, NearestChoice
from .errors import WrongInput, wrong_input_in_one_line
from .quiet_start import quiet_start


@click.command()
@click.option("--dataset", metavar="NAME", help="digits, or any tensorflow-datasets name. [digits]")
@click.option("--data-dir", metavar="DIR", help="Where tensorflow-datasets keeps prepared sets.")
@click.option("--noise", metavar="KIND:RATE", help="sym:0.4, pair:0.2 or none. [none]")
@click.option("--mode", type=NearestChoice(MODES), help="What is passed on. [progressive]")
@click.option("--eta", type=float, help="Threshold H(u)/eta halfway, eq. 12. [2]")
@click.option("--b2", type=float, help="How the threshold moves; below 0 it falls, eq. 12. [-5]")
@click.option("--self-kd", type=NearestChoice(SELF_KD), help="How a peer refines labels. [mconf]")
@click.option("--epsilon", type=float, help="Self trust of ls, cp and boot-soft. [0.1]")
@click.option("--b1", type=float, help="Steepness of self trust, proselflc and mconf. [20]")
@click.option("--rho", type=float, help="Certainty from which mconf trusts itself. [0.5]")
@click.option(
    "--knowledge",
    type=NearestChoice(("refined", "prediction")),
    help="Pass on refined labels (eq. 8) or predictions. [refined]",
)
@click.option(
    "--constant-targets/--flowing-targets",
    default=None,
    help="Hold one's own prediction inside the label constant. [flowing]",
)
@click.option(
    "--clock", type=NearestChoice(("epoch", "step")), help="What t counts in t/Γ. [epoch]"
)
@click.option("--network", type=NearestChoice(NETWORKS), help="Of both peers. [by data set]")
@click.option("--epochs", type=int, help="Γ. [by data set]")
@click.option("--batch-size", type=int, help="Images in a step. [by data set]")
@click.option("--learning-rate", type=float, help="At the start. [by data set]")
@click.option("--momentum", type=float, help="Of SGD. [0.9]")
@click.option("--weight-decay", type=float, help="Coupled, on all weights. [by data set]")
@click.option("--seed", type=int, help="Of weights, order and noise. [0]")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A config.json to repeat; other options change what it says.",
)
@click.option("--output", metavar="DIR", help="Run folder; must be new. [runs/TIME-DATASET]")
def train(config: Path | None, output: str | None, **options: Any) -> None:
    """Train two peers and leave a run folder.

    \b
    cmd-keras train --noise sym:0.4 --mode progressive --b2 -5
    cmd-keras train --noise sym:0.4 --mode zero --self-kd ce      plain cross entropy
    cmd-keras train --dataset cifar10 --data-dir ~/data --noise pair:0.4 --epochs 20
    cmd-keras train --config runs/first/config.json --seed 1      the same, another seed

    The folder holds config.json (repeats the run), labels.csv (given and clean
    labels), history.csv, metrics.json, peer_a.keras and peer_b.keras,
    suspects.csv (labels that are probably wrong) and curves.png.
    """
    given = {name: value for name, value in options.items() if value is not None}
    recorded = _read_config(config)
    with quiet_start():
        from rich.console import Console

        from cmd_keras.run import TrainSettings
        from cmd_keras.run import train as run
    with wrong_input_in_one_line():
        resolved = TrainSettings.from_json(recorded).changed(**given).resolved()
        folder = output or f"runs/{time.strftime('%Y-%m-%d-%H%M%S')}-{resolved.dataset}"
        run(resolved, folder, Console())


def _read_config(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WrongInput(f"{path} is not the config.json of a run: {error}.") from None
    settings = content.get("settings") if isinstance(content, dict) else None
    if not isinstance(settings, dict):
        raise WrongInput(f"{path} is not the config.json of a run: it has no object 'settings'.")
    return settings
