"""`cmd-keras train`."""

import json
import shlex
import time
from pathlib import Path
from typing import Any

import click

from cmd_keras.networks.names import is_function
from cmd_keras.run.folder.ready import check_new, check_resumed
from cmd_keras.run.settings.packages import check_backend
from cmd_keras.run.settings.train_settings import TrainSettings

from .backend import choose_backend
from .errors import WrongInput, stopped_in_one_line, wrong_input_in_one_line
from .option_names import first_of
from .process_switches import set_process_switches
from .quiet_start import quiet_start
from .setting_options import given_options, setting_options
from .terminal import terminal


@click.command()
@setting_options()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A config.json to repeat; other options change what it says.",
)
@click.option("--output", metavar="DIR", help="Run folder; must be new. [runs/TIME-DATASET]")
@click.option("--resume", metavar="RUN", help="Continue a run that was stopped.")
@click.pass_context
def train(
    context: click.Context,
    config: Path | None,
    output: str | None,
    resume: str | None,
    **options: Any,
) -> None:
    """Train two peers and leave a run folder.

    \b
    cmd-keras train --noise sym:0.4 --mode progressive --b2 -5
    cmd-keras train --dataset folder:photos                one sub-folder a class
    cmd-keras train --dataset csv:table.csv --target species
    cmd-keras train --dataset cifar100 --noise sym:0.4 --network-b shufflenet_v2_x1
    cmd-keras train --config runs/first/config.json --seed 1      the same, another seed
    cmd-keras train --resume runs/first                    after Ctrl-C, kill or power cut

    The folder holds config.json (repeats the run), labels.csv (given and clean
    labels), history.csv, metrics.json, peer_a.keras and peer_b.keras, suspects.csv
    (labels that are probably wrong), curves.png and checkpoints/.
    """
    given = given_options(context, options)
    if resume is not None:
        _resume(resume, config, output, given)
        return
    with wrong_input_in_one_line():
        settings = TrainSettings.from_json(_read_config(config)).changed(**given)
        kind = settings.dataset.split(":")[0].replace("/", "-")
        started = time.strftime("%Y-%m-%d-%H%M%S")
        folder = f"runs/{started}-{kind}" if output is None else output
        check_new(settings, folder)
    choose_backend(settings.backend)
    set_process_switches()
    with quiet_start():
        from cmd_keras.run import how_to_continue
        from cmd_keras.run.train import train_checked
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: how_to_continue(folder)):
        train_checked(settings, folder, terminal())


def _resume(resume: str, config: Path | None, output: str | None, given: dict[str, Any]) -> None:
    # A function that the run was begun with has to be said again; no other network has a say.
    networks = ("network", "network_a", "network_b")
    said = [given.pop(name) for name in networks if is_function(given.get(name, ""))]
    moved = {name: given.pop(name, None) for name in ("data_dir", "teacher")}
    backend, strategy = given.pop("backend", None), given.pop("strategy", None)
    if config is not None or output is not None or given:
        extra = first_of({"config": config, "output": output, **given})
        recorded = shlex.quote(str(Path(resume) / "config.json"))
        raise WrongInput(
            f"--resume continues a run with the settings it began with; leave out "
            f"{extra}. Only --data-dir and --teacher, where these moved, "
            "--backend and --strategy may be given, and --network to allow a function of your own. "
            f"To change settings begin a new run with --config {recorded}."
        )
    with wrong_input_in_one_line():
        if backend is not None:
            check_backend(backend)
        choose_backend(backend)
        recorded = check_resumed(resume, moved, strategy, said)
    if None not in (backend, recorded) and backend != recorded:
        raise WrongInput(f"The run {resume} is for the backend {recorded}. Leave out --backend.")
    choose_backend(recorded)
    set_process_switches()
    with quiet_start():
        from cmd_keras.run import how_to_continue
        from cmd_keras.run import resume as run
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: how_to_continue(resume)):
        run(resume, terminal(), strategy=strategy, trusted=said, **moved)


def _read_config(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise WrongInput(f"{path} is not the config.json of a run: {error}.") from None
    settings = content.get("settings") if isinstance(content, dict) else None
    if not isinstance(settings, dict):
        raise WrongInput(f"{path} is not the config.json of a run: it has no object 'settings'.")
    return settings
