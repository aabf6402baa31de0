"""`cmd-keras tune`."""

from typing import Any

import click

from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.tune.check import check_tune
from cmd_keras.tune.search import PRUNERS, SAMPLERS, Search
from cmd_keras.tune.space import ALSO

from .backend import choose_backend
from .choice import NearestChoice
from .errors import WrongInput, stopped_in_one_line, wrong_input_in_one_line
from .process_switches import set_process_switches
from .quiet_start import quiet_start
from .setting_options import given_options, setting_options
from .terminal import terminal


@click.command()
@click.option("--output", metavar="DIR", help="New, or of this search, which then goes on.")
@click.option("--trials", type=int, default=30, show_default=True, help="Those there are counted.")
@click.option(
    "--also",
    type=NearestChoice(tuple(ALSO)),
    multiple=True,
    help="Search this as well. May be repeated.",
)
@click.option(
    "--seeds", type=int, default=1, show_default=True, help="Runs a trial is the mean of."
)
@click.option("--processes", type=int, default=1, show_default=True, help="Runs at a time.")
@click.option("--sampler", type=NearestChoice(SAMPLERS), default="tpe", show_default=True)
@click.option("--pruner", type=NearestChoice(PRUNERS), default="median", show_default=True,
              help="Which trials end early.")  # fmt: skip
@click.option("--storage", metavar="URL", help="A database that machines share. [a file in DIR]")
@click.option("--study", default="cmd-keras", show_default=True, help="Its name in the storage.")
@setting_options("export", "tensorboard")
@click.pass_context
def tune(
    context: click.Context,
    output: str | None,
    trials: int,
    also: tuple[str, ...],
    seeds: int,
    processes: int,
    sampler: str,
    pruner: str,
    storage: str | None,
    study: str,
    **options: Any,
) -> None:
    """Search the constants of the method for your data, then train with the best.

    \b
    cmd-keras tune --noise sym:0.4 --output tuned/digits
    cmd-keras tune --dataset folder:photos --validation-labels given \\
        --also learning_rate --also knowledge --trials 50 --output tuned/photos
    cmd-keras tune … --storage mysql+pymysql://user:password@host/database   many machines
    cmd-keras train --config tuned/digits/best.json --seed 1

    η, b₂ and b₁, and the schedule of s2e, are searched, where the method hears them and you
    do not give them, by the accuracy of the last epoch on the validation part of the data or,
    where they have none, on a validation share (a tenth, unless you say otherwise; its labels as
    they were before noise was added, or, with --validation-labels given, as they are). The test
    set is measured once: by the run on all training data in the end.

    The folder holds trials.csv, best.json, search.png, importance.png, eta-b2.png, a run
    folder a trial and the last run. The same command goes on, whatever stopped it; with
    more --trials it searches on.
    """
    given = given_options(context, options)
    with wrong_input_in_one_line():
        if output is None:
            raise WrongInput("Name the folder of the search, with --output.")
        if given.get("validation_split") == 0:
            raise WrongInput(
                "A search needs a validation share to choose by, received --validation-split 0. "
                "Leave it out for the validation part of the data, or a tenth where there is none, "
                "or name a larger one."
            )
        base = TrainSettings(trusted=frozenset()).changed(**given)
        search = Search(base, tuple(dict.fromkeys(also)), seeds, sampler, pruner)
        check_tune(search, output, trials, processes)
    choose_backend(base.backend)
    set_process_switches(processes)
    with quiet_start():
        from cmd_keras.tune.tune import tune_checked as run
    advice = "What has ended is kept. To go on give the same command."
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: advice):
        run(search, output, trials, processes, storage, study, terminal())
