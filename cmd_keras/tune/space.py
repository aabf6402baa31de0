"""What is searched, and where.

The paper searched b₁, b₂ and η on a validation share (appendix A.2, section 5.4) and does not
print the bounds. These here hold all that its figure 4 and table 7 show, and somewhat more.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

from cmd_keras.run.settings.method import CONSTANTS_OF, named_method
from cmd_keras.run.settings.schedule_settings import SCHEDULE
from cmd_keras.run.settings.train_settings import TrainSettings
from cmdcore import modes
from cmdcore import self_kd as self_kds
from cmdcore.methods.cmd import KNOWLEDGE
from cmdcore.methods.s2e import BOXES

if TYPE_CHECKING:
    import optuna


@dataclasses.dataclass(frozen=True)
class Numbers:
    """Numbers between two bounds.

    Args:
        low: The least.
        high: The largest.
        log: Whether they are searched by their logarithm.
    """

    low: float
    high: float
    log: bool = False

    def suggest(self, trial: "optuna.Trial", name: str) -> float:
        """One of them."""
        return trial.suggest_float(name, self.low, self.high, log=self.log)


@dataclasses.dataclass(frozen=True)
class Names:
    """Some names.

    Args:
        names: All of them.
    """

    names: tuple[str, ...]

    def suggest(self, trial: "optuna.Trial", name: str) -> str:
        """One of them."""
        return trial.suggest_categorical(name, list(self.names))


# Of S2E's schedule: of c and d half, or most schedules would come back to 0.
_BOXES = {**BOXES, "forget_c": (0.0, 0.5), "forget_d": (0.0, 0.5)}
# What is always searched, where the method hears it.
SEARCHED = {
    "eta": Numbers(1.0, 16.0, log=True),
    "b2": Numbers(-20.0, 5.0),
    "b1": Numbers(2.0, 40.0, log=True),
    **{name: Numbers(*_BOXES.get(name, (0.0, 1.0))) for name in SCHEDULE},
}
# What is searched if it is asked for. Names come first: they decide what else is heard.
ALSO = {
    "mode": Names(tuple(modes.MODES)),
    "self_kd": Names(tuple(self_kds.SELF_KD)),
    "knowledge": Names(KNOWLEDGE),
    "epsilon": Numbers(0.05, 0.95),
    "rho": Numbers(0.1, 0.9),
    # They hold what the authors of ELR chose, 3 and 7, and 0.7 and 0.9.
    "regularization": Numbers(0.5, 20.0, log=True),
    "target_momentum": Numbers(0.1, 0.99),
    # Of truncated GCE, and of GCE.
    "q": Numbers(0.05, 1.0),
    "k": Numbers(0.05, 0.95),
    "start_prune": Numbers(0.05, 0.95),
    # Of SCE, APL and Joint: they hold what the authors chose, 6 and 0.1, 10 and 0.1, 1.2 and 0.8.
    "alpha": Numbers(0.01, 20.0, log=True),
    "beta": Numbers(0.01, 10.0, log=True),
    "temperature": Numbers(1.0, 20.0, log=True),
    "a": Numbers(0.5, 0.999),
    "warmup": Numbers(0.02, 0.9),
    "exponent": Numbers(0.5, 4.0, log=True),
    "disagreement_from": Numbers(0.01, 0.9),
    "percentile": Numbers(0.2, 0.95),
    "percentile_momentum": Numbers(0.0, 0.95),
    # Where trainings follow each other, a later one begins later.
    "update_from": Numbers(0.05, 0.5),
    "retrain_from": Numbers(0.5, 0.9),
    "estimate_from": Numbers(0.02, 0.5),
    "revise_from": Numbers(0.5, 0.95),
    "revision_rate": Numbers(1e-7, 1e-2, log=True),
    # Of DMI: a learning rate of 1e-6, as the authors have it, where ours is 1 or 1e-4.
    "weight": Numbers(1e-6, 1e-2, log=True),
    "learning_rate": Numbers(1e-3, 0.5, log=True),
}


def suggested(trial: "optuna.Trial", base: TrainSettings, also: tuple[str, ...]) -> dict[str, Any]:
    """The settings of a trial.

    Args:
        trial: Of a study.
        base: What is given; a constant that is given is not searched.
        also: Names in `ALSO`.

    Returns:
        What changes of `base`, by name. Constants that the method of the trial does not hear
        are not among them.
    """
    names = [name for name, values in ALSO.items() if name in also and isinstance(values, Names)]
    changes = {name: ALSO[name].suggest(trial, name) for name in names}
    settings = base.changed(**changes)
    _, heard = named_method(settings)
    for name in searched_numbers(also):
        is_heard = name in heard or name not in CONSTANTS_OF["method"]
        if getattr(base, name) is None and is_heard:
            changes[name] = {**SEARCHED, **ALSO}[name].suggest(trial, name)
    # Another mode or self-distillation drops the constants that were given for all.
    dropped = (name for name in heard if getattr(settings, name) != getattr(base, name))
    return {**{name: getattr(base, name) for name in dropped if name not in changes}, **changes}


def searched_numbers(also: tuple[str, ...]) -> list[str]:
    """The numbers that are searched, as far as the method hears them."""
    asked = [name for name in ALSO if name in also and isinstance(ALSO[name], Numbers)]
    return [*SEARCHED, *asked]
