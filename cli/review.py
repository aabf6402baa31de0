"""`cmd-keras review`."""

from typing import Any

import click

from cmd_keras.review.check import check_review
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.run.settings.train_settings import TrainSettings

from .backend import choose_backend
from .errors import WrongInput, stopped_in_one_line, wrong_input_in_one_line
from .option_names import first_of
from .process_switches import set_process_switches
from .quiet_start import quiet_start
from .setting_options import given_options, setting_options
from .terminal import terminal


@click.command()
@click.option("--folds", type=int, help="How many runs, each without one part of the data. [5]")
@click.option("--processes", type=int, default=1, show_default=True, help="Runs at a time.")
@click.option("--output", metavar="DIR", help="New, or of this review, which then goes on.")
@click.option("--resume", metavar="DIR", help="Go on with a review as it was begun.")
@setting_options("fold", "export", "tensorboard")
@click.pass_context
def review(
    context: click.Context,
    folds: int | None,
    processes: int,
    output: str | None,
    resume: str | None,
    **options: Any,
) -> None:
    """Find wrong labels: each is judged by networks that never saw its example.

    \b
    cmd-keras review --dataset folder:photos --output reviews/photos
    cmd-keras review --dataset csv:table.csv --target species --folds 10 --output …
    cmd-keras review --noise sym:0.4 --output reviews/digits      how well are they found?
    cmd-keras review --resume reviews/photos                      after whatever stopped it

    Peers are trained on all folds but one, and judge that one and the test part; so it goes
    for each fold. The same command goes on where it was stopped.

    The folder holds suspects.csv (labels that are more probably wrong than right),
    label_quality.csv (every label, near-duplicates with another label, and how little each example
    belongs to any class), probabilities.npy [n, C] in the order of the training
    data, the same three for the test part (test_…), review.html (a page to look at them and
    decide), noise_matrix.png (which class is taken for which), metrics.json (how many are
    wrong, with a 95 % interval) and a run folder a fold.
    """
    given = given_options(context, options)
    with wrong_input_in_one_line():
        if resume is not None:
            extra = first_of({"folds": folds, "output": output, **given})
            if extra is not None:
                raise WrongInput(
                    "--resume goes on with a review as it was begun; leave out "
                    f"{extra}. Only --processes may be given."
                )
            output = resume
            settings, folds = ReviewFolder.of_review(resume).begun()
        elif output is None:
            raise WrongInput("Name the folder of the review, with --output.")
        else:
            settings = TrainSettings(trusted=frozenset()).changed(**given)
            folds = 5 if folds is None else folds
        check_review(settings, output, folds, processes)
    choose_backend(settings.backend)
    set_process_switches(processes)
    with quiet_start():
        from cmd_keras.review.review import review_checked as run
    advice = "What has ended is kept. To go on give the same command."
    with wrong_input_in_one_line(), stopped_in_one_line(lambda: advice):
        run(settings, output, folds, processes, terminal())
