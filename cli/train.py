"""`cmd-keras train`."""

import json
import shlex
import time
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cmd_keras.networks.names import is_function
from cmd_keras.run.folder.ready import check_new, check_resumed
from cmd_keras.run.settings.packages import check_backend
from cmd_keras.run.settings.train_settings import CHOICES, TrainSettings

from .backend import choose_backend
from .choice import NearestChoice, NetworkName
from .errors import WrongInput, stopped_in_one_line, wrong_input_in_one_line
from .process_switches import set_process_switches
from .quiet_start import quiet_start
from .terminal import terminal


class _Numbers(click.ParamType):
    """Numbers separated by commas; an empty text is no number at all."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, ...]:
        """The numbers."""
        try:
            return tuple(map(float, value.split(","))) if value.strip() else ()
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 0.5,0.8.", param, ctx)


@click.command()
@click.option(
    "--dataset",
    metavar="NAME",
    help="digits; a tensorflow-datasets name; folder:PATH; npz:FILE; csv:FILE. [digits]",
)
@click.option("--data-dir", metavar="DIR", help="Where tensorflow-datasets keeps prepared sets.")
@click.option(
    "--label-key", metavar="KEY", help="The labels to learn from, as worse_label of cifar10_n."
)
@click.option("--target", metavar="COLUMN", help="csv: the column with the class.")
@click.option(
    "--categorical",
    metavar="COLUMN",
    multiple=True,
    help="csv: numbers that are names. May be repeated.",
)
@click.option("--ignore", metavar="COLUMN", multiple=True, help="csv: left out. May be repeated.")
@click.option("--image-size", type=int, help="Side of the images the networks see. [by data set]")
@click.option("--flip/--no-flip", default=None, help="Mirror half of the images. [by data set]")
@click.option(
    "--test-split", type=float, help="Share for testing, where the data have no test part. [0.2]"
)
@click.option(
    "--validation-split", type=float, help="Share of the training data to choose settings by. [0]"
)
@click.option(
    "--validation-labels", type=NearestChoice(CHOICES["validation_labels"]), help="[clean]"
)
@click.option("--noise", metavar="KIND:RATE", help="sym:0.4, pair:0.2 or none. [none]")
@click.option("--method", type=NearestChoice(CHOICES["method"]), help="How the peers learn. [cmd]")
@click.option(
    "--mode", type=NearestChoice(CHOICES["mode"]), help="What is passed on. [progressive]"
)
@click.option("--eta", type=float, help="Threshold H(u)/eta halfway, eq. 12. [2]")
@click.option("--b2", type=float, help="How the threshold moves; below 0 it falls, eq. 12. [-5]")
@click.option(
    "--self-kd", type=NearestChoice(CHOICES["self_kd"]), help="How a peer refines labels. [mconf]"
)
@click.option(
    "--epsilon",
    type=float,
    help="Self trust of ls, cp and boot-soft [0.1]; weight of the peer in sync-mkd [0.5].",
)
@click.option("--b1", type=float, help="Steepness of self trust, proselflc and mconf. [20]")
@click.option("--rho", type=float, help="Certainty from which mconf trusts itself. [0.5]")
@click.option(
    "--knowledge",
    type=NearestChoice(CHOICES["knowledge"]),
    help="Pass on refined labels (eq. 8) or predictions. [refined]",
)
@click.option(
    "--constant-targets/--flowing-targets",
    default=None,
    help="Hold one's own prediction inside the label constant. [flowing]",
)
@click.option("--clock", type=NearestChoice(CHOICES["clock"]), help="What t counts in t/Γ. [epoch]")
@click.option(
    "--recipe",
    type=NearestChoice(CHOICES["recipe"]),
    help="Settings that go together. [by data set]",
)
@click.option(
    "--network",
    type=NetworkName(),
    metavar="NET",
    help="Of both peers: a name (`cmd-keras networks`), "
    "module:function, or a .keras file. [by recipe]",
)
@click.option("--network-a", type=NetworkName(), metavar="NET", help="Of peer A.")
@click.option("--network-b", type=NetworkName(), metavar="NET", help="Of peer B.")
@click.option(
    "--pretrained/--from-scratch",
    default=None,
    help="Start from ImageNet's weights, or those in the .keras file. [by recipe]",
)
@click.option("--epochs", type=int, help="Γ. [by recipe]")
@click.option("--batch-size", type=int, help="Examples in a step. [by recipe]")
@click.option("--learning-rate", type=float, help="At the start. [by recipe]")
@click.option("--momentum", type=float, help="Of SGD. [0.9]")
@click.option("--weight-decay", type=float, help="Coupled, on all weights. [by recipe]")
@click.option(
    "--milestones",
    type=_Numbers(),
    metavar="M,M",
    help="Where the rate drops, in fractions of the epochs; '' for nowhere. [by recipe]",
)
@click.option("--decay", type=float, help="Factor of a drop. [by recipe]")
@click.option(
    "--precision",
    type=NearestChoice(CHOICES["precision"]),
    help="What the layers compute in. [as Keras is set up: float32]",
)
@click.option("--seed", type=int, help="Of weights, order and noise. [0]")
@click.option(
    "--deterministic", is_flag=True, default=None, help="Only kernels that repeat to the last bit."
)
@click.option("--tensorboard", is_flag=True, default=None, help="Write a log for TensorBoard, too.")
@click.option(
    "--export", type=NearestChoice(CHOICES["export"]), help="Write the ensemble for serving, too."
)
@click.option(
    "--backend", type=NearestChoice(CHOICES["backend"]), help="Of Keras. [as Keras is set up]"
)
@click.option(
    "--strategy",
    type=NearestChoice(CHOICES["strategy"]),
    help="mirrored: the GPUs of this host; data-parallel: several processes, with --backend jax.",
)
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
    # By where it comes from, not by its value: an empty one is given, too.
    given = {
        name: value
        for name, value in options.items()
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
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
    data_dir = given.pop("data_dir", None)
    backend, strategy = given.pop("backend", None), given.pop("strategy", None)
    if config is not None or output is not None or given:
        also = {"config": config, "output": output, **given}
        extra = next(name for name, value in also.items() if value is not None)
        recorded = shlex.quote(str(Path(resume) / "config.json"))
        raise WrongInput(
            f"--resume continues a run with the settings it began with; leave out "
            f"--{extra.replace('_', '-')}. Only --data-dir, --backend and --strategy may be given, "
            "and --network to allow a function of your own. To change settings begin a new run "
            f"with --config {recorded}."
        )
    with wrong_input_in_one_line():
        if backend is not None:
            check_backend(backend)
        choose_backend(backend)
        recorded = check_resumed(resume, data_dir, strategy, said)
    if None not in (backend, recorded) and backend != recorded:
        raise WrongInput(f"The run {resume} is for the backend {recorded}. Leave out --backend.")
    choose_backend(recorded)
    set_process_switches()
    with quiet_start():
        from cmd_keras.run import how_to_continue
        from cmd_keras.run import resume as run
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: how_to_continue(resume)):
        run(resume, terminal(), data_dir, strategy, said)


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
