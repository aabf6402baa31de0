"""The options that are settings of a run, for every command that trains."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from cmd_keras.run.settings.schedule_settings import SCHEDULE
from cmd_keras.run.settings.train_settings import CHOICES

from .choice import NearestChoice, NetworkName, TransitionFile
from .data_options import DATA_OPTIONS


class _Numbers(click.ParamType):
    """Numbers separated by commas; an empty text is no number at all."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, ...]:
        """The numbers."""
        try:
            return tuple(map(float, value.split(","))) if value.strip() else ()
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 0.5,0.8.", param, ctx)


_OPTIONS = (
    *DATA_OPTIONS,
    click.option(
        "--method", type=NearestChoice(CHOICES["method"]), help="How the peers learn. [cmd]"
    ),
    click.option(
        "--mode", type=NearestChoice(CHOICES["mode"]), help="What is passed on. [progressive]"
    ),
    click.option("--eta", type=float, help="Threshold H(u)/eta halfway, eq. 12. [by recipe]"),
    click.option(
        "--b2", type=float, help="How the threshold moves; below 0 it falls, eq. 12. [-5]"
    ),
    click.option(
        "--self-kd",
        type=NearestChoice(CHOICES["self_kd"]),
        help="How a peer refines labels. [mconf]",
    ),
    click.option(
        "--epsilon",
        type=float,
        help="Self trust of ls, cp and boot-soft [0.1]; weight of the teacher in sync-mkd, "
        "async-mkd, t2s and kdcl [0.5], tf-kd [0.1].",
    ),
    click.option("--b1", type=float, help="Steepness of self trust, proselflc and mconf. [20]"),
    click.option("--rho", type=float, help="Certainty from which mconf trusts itself. [by recipe]"),
    click.option(
        "--knowledge",
        type=NearestChoice(CHOICES["knowledge"]),
        help="Pass on refined labels (eq. 8) or predictions. [by recipe]",
    ),
    click.option(
        "--constant-targets/--flowing-targets",
        default=None,
        help="Hold one's own prediction inside the label constant. [flowing]",
    ),
    click.option(
        "--together",
        type=NearestChoice(CHOICES["together"]),
        help="kdcl: the teacher that the peers are. [min-logit]",
    ),
    click.option("--temperature", type=float, help="Of the teacher: kdcl [2], tf-kd [20]."),
    click.option("--a", type=float, help="tf-kd: the teacher's word for the given class. [0.99]"),
    click.option("--q", type=float, help="gce: near 0 as cross entropy, 1 as 1 - p_y. [0.7]"),
    click.option("--k", type=float, help="truncated-gce: least probability that is learned. [0.5]"),
    click.option(
        "--start-prune",
        type=float,
        help="truncated-gce: share of training in which all are learned. [0.53]",
    ),
    click.option(
        "--alpha",
        type=float,
        help="sce [6], apl [10]: weight of CE or NCE; joint: of all classes in use [1.2].",
    ),
    click.option(
        "--beta",
        type=float,
        help="sce, apl: weight of reverse cross entropy [0.1]; joint: of the entropy [0.8].",
    ),
    click.option("--weight", type=float, help="dmi: of its loss. [1e-4]"),
    click.option(
        "--regularization", type=float, help="elr: weight of what was predicted before. [7]"
    ),
    click.option(
        "--target-momentum", type=float, help="elr, joint: how much of that stays in a step. [0.9]"
    ),
    click.option(
        "--update-from",
        type=float,
        help="joint: share of training in which labels are the given ones. [0.22]",
    ),
    click.option(
        "--retrain-from",
        type=float,
        help="joint: share of training after which it begins again. [0.625]",
    ),
    click.option(
        "--estimate-from",
        type=float,
        help="t-revision: share of training after which a matrix is estimated. [0.04]",
    ),
    click.option(
        "--revise-from",
        type=float,
        help="t-revision: share of training after which it is learned, too. [0.52]",
    ),
    click.option("--revision-rate", type=float, help="t-revision: how fast. [5e-7]"),
    click.option(
        "--rate",
        type=float,
        help="Share of wrong labels: small-loss, co-teaching, co-teaching+, mentornet, forward, "
        "backward, cdr. [that of --noise]",
    ),
    click.option(
        "--transition",
        type=TransitionFile(),
        metavar="REVIEW",
        help="forward, backward: a review, or .csv or .npy: how classes are taken for others. "
        "[by --noise and --rate]",
    ),
    click.option(
        "--warmup",
        type=float,
        help="small-loss, co-teaching, co-teaching+, cdr: share of training in which the rate is "
        "approached [0.05]; dmi: with cross entropy [0.55].",
    ),
    click.option(
        "--exponent",
        type=float,
        help="small-loss, co-teaching, co-teaching+: how; 1 is a straight line. [1]",
    ),
    click.option(
        "--disagreement-from",
        type=float,
        help="co-teaching+: share of training that is co-teaching. [0.025]",
    ),
    click.option(
        "--percentile", type=float, help="mentornet: share of a batch that is easy. [1 - rate]"
    ),
    click.option(
        "--percentile-momentum",
        type=float,
        help="mentornet: how much of the largest easy loss stays in a step. [0.5]",
    ),
    *(
        click.option(f"--{name.replace('_', '-')}", type=float, help="s2e: of its schedule R(t).")
        for name in SCHEDULE
    ),
    click.option(
        "--teacher", metavar="RUN", help="t2s: whom both learn from: a run, or a .keras file."
    ),
    click.option(
        "--clock", type=NearestChoice(CHOICES["clock"]), help="What t counts in t/Γ. [epoch]"
    ),
    click.option(
        "--recipe",
        type=NearestChoice(CHOICES["recipe"]),
        help="Settings that go together. [by data set]",
    ),
    click.option(
        "--network",
        type=NetworkName(),
        metavar="NET",
        help="Of both peers: a name (`cmd-keras networks`), "
        "module:function, or a .keras file. [by recipe]",
    ),
    click.option("--network-a", type=NetworkName(), metavar="NET", help="Of peer A."),
    click.option("--network-b", type=NetworkName(), metavar="NET", help="Of peer B."),
    click.option(
        "--pretrained/--from-scratch",
        default=None,
        help="Start from ImageNet's weights, or those in the .keras file. [by recipe]",
    ),
    click.option("--epochs", type=int, help="Γ. [by recipe]"),
    click.option("--batch-size", type=int, help="Examples in a step. [by recipe]"),
    click.option("--learning-rate", type=float, help="At the start. [by recipe]"),
    click.option("--momentum", type=float, help="Of SGD. [0.9]"),
    click.option("--weight-decay", type=float, help="Coupled, on all weights. [by recipe]"),
    click.option(
        "--milestones",
        type=_Numbers(),
        metavar="M,M",
        help="Where the rate drops, in fractions of the epochs; '' for nowhere. [by recipe]",
    ),
    click.option("--decay", type=float, help="Factor of a drop. [by recipe]"),
    click.option(
        "--precision",
        type=NearestChoice(CHOICES["precision"]),
        help="What the layers compute in. [as Keras is set up: float32]",
    ),
    click.option("--seed", type=int, help="Of weights, order and noise. [0]"),
    click.option(
        "--deterministic",
        is_flag=True,
        default=None,
        help="Only kernels that repeat to the last bit.",
    ),
    click.option(
        "--tensorboard", is_flag=True, default=None, help="Write a log for TensorBoard, too."
    ),
    click.option(
        "--export",
        type=NearestChoice(CHOICES["export"]),
        help="Write the ensemble for serving, too.",
    ),
    click.option(
        "--backend", type=NearestChoice(CHOICES["backend"]), help="Of Keras. [as Keras is set up]"
    ),
    click.option(
        "--strategy",
        type=NearestChoice(CHOICES["strategy"]),
        help="mirrored: the GPUs of this host; data-parallel: several processes (--backend jax).",
    ),
)


def setting_options(*left_out: str) -> Callable[[Callable], Callable]:
    """A decorator that adds the options of `TrainSettings`.

    Args:
        left_out: Settings that the command asks for in a way of its own.
    """

    def decorate(command: Callable) -> Callable:
        for option in reversed(_OPTIONS):
            named = option(lambda: None).__click_params__[0].name
            if named not in left_out:
                command = option(command)
        return command

    return decorate


def given_options(context: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Those that the user gave: by where they come from, as an empty one is given, too."""
    return {
        name: value
        for name, value in options.items()
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
